# The compiler of the device code: Debian's clang 22 with its linker, readelf and objdump, no vendor SDK.
# Sets SWITCHYARD_CLANG, SWITCHYARD_READELF, SWITCHYARD_OBJDUMP; stops with what to do where one is missing.
# SWITCHYARD_CLANG_VERSION is a parameter so that the message itself can be tested.
if(NOT DEFINED SWITCHYARD_CLANG_VERSION)
  set(SWITCHYARD_CLANG_VERSION 22)
endif()
find_program(SWITCHYARD_CLANG clang++-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_LLD ld.lld-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_READELF llvm-readelf-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_OBJDUMP llvm-objdump-${SWITCHYARD_CLANG_VERSION})
if(NOT SWITCHYARD_CLANG OR NOT SWITCHYARD_LLD OR NOT SWITCHYARD_READELF OR
   NOT SWITCHYARD_OBJDUMP)
  message(FATAL_ERROR
    "clang++-${SWITCHYARD_CLANG_VERSION}, ld.lld-${SWITCHYARD_CLANG_VERSION} or "
    "llvm-readelf-${SWITCHYARD_CLANG_VERSION} is missing, which compile the device code. "
    "Install them from bookworm-security: apt-get install clang-22 lld-22 llvm-22. "
    "Or build without device code: pass -DSWITCHYARD_GPU=OFF.")
endif()
