#pragma once

// Marks what libswitchyard.so offers; everything else in it is hidden.
#define SWITCHYARD_EXPORT __attribute__((visibility("default")))
