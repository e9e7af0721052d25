#pragma once

// What a pretend driver recorded of the last launch.
struct Launched {
  char name[64];
  unsigned sizes[7];  // grid, block, dynamic LDS
  unsigned allowed_lds;
  unsigned char argument[32];  // the first bytes
};
