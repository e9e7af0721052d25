# The compilers of the device code. Needs no vendor SDK: Debian's clang 22 compiles for every machine. Where
# ROCm's own clang is in a prefix of CMAKE_PREFIX_PATH, in ROCM_PATH or in /opt/rocm, that one compiles for AMD.
#
# Sets SWITCHYARD_CLANG (PTX and the host executor), SWITCHYARD_AMD_CLANG, and of the AMD compiler's release
# SWITCHYARD_READELF and SWITCHYARD_OBJDUMP; each may be given with -D. Sets SWITCHYARD_AMD_FLAGS and
# SWITCHYARD_NVIDIA_FLAGS. Stops with what to do where something is missing or an architecture of
# SWITCHYARD_DEVICE_ARCHITECTURES is not one that there is code for or that its compiler knows.
# SWITCHYARD_CLANG_VERSION and SWITCHYARD_ROCM are parameters so that the messages themselves can be tested.
cmake_policy(VERSION 3.25)  # as a script
set(SWITCHYARD_AMD_FLAGS -x hip --offload-device-only --no-gpu-bundle-output -nogpulib -nogpuinc
  -mcode-object-version=5 -c)
set(SWITCHYARD_NVIDIA_FLAGS -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path=/nonexistent
  --cuda-feature=+ptx80 -S)
set(known_architectures gfx942 gfx950 sm_90a)
if(NOT DEFINED SWITCHYARD_CLANG_VERSION)
  set(SWITCHYARD_CLANG_VERSION 22)
endif()
if(NOT DEFINED SWITCHYARD_ROCM)
  set(SWITCHYARD_ROCM $ENV{ROCM_PATH} /opt/rocm)
endif()

if(NOT DEFINED SWITCHYARD_DEVICE_ARCHITECTURES)
  set(SWITCHYARD_DEVICE_ARCHITECTURES ${known_architectures})
endif()
list(REMOVE_DUPLICATES SWITCHYARD_DEVICE_ARCHITECTURES)
set(to_do "pass -DSWITCHYARD_DEVICE_ARCHITECTURES=, a list of gfx942, gfx950 and sm_90a with ; between them")
if(NOT SWITCHYARD_DEVICE_ARCHITECTURES)
  message(FATAL_ERROR "SWITCHYARD_DEVICE_ARCHITECTURES is empty: ${to_do}. "
    "Or build without device code: pass -DSWITCHYARD_GPU=OFF.")
endif()
foreach(architecture ${SWITCHYARD_DEVICE_ARCHITECTURES})
  if(NOT architecture IN_LIST known_architectures)
    message(FATAL_ERROR "SWITCHYARD_DEVICE_ARCHITECTURES has `${architecture}`, "
      "which there is no device code for: ${to_do}.")
  endif()
endforeach()

set(rocm_folders "")
string(REPLACE ":" ";" prefixes "$ENV{CMAKE_PREFIX_PATH}")
foreach(prefix ${CMAKE_PREFIX_PATH} ${prefixes} ${SWITCHYARD_ROCM})
  list(APPEND rocm_folders ${prefix}/llvm/bin ${prefix}/lib/llvm/bin)
endforeach()
# Of one release: ROCm's where its compiler is.
find_program(SWITCHYARD_AMD_CLANG clang++ PATHS ${rocm_folders} NO_DEFAULT_PATH)
if(SWITCHYARD_AMD_CLANG)
  get_filename_component(folder ${SWITCHYARD_AMD_CLANG} DIRECTORY)
  find_program(SWITCHYARD_READELF llvm-readelf PATHS ${folder} NO_DEFAULT_PATH)
  find_program(SWITCHYARD_OBJDUMP llvm-objdump PATHS ${folder} NO_DEFAULT_PATH)
endif()
find_program(SWITCHYARD_CLANG clang++-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_LLD ld.lld-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_READELF llvm-readelf-${SWITCHYARD_CLANG_VERSION})
find_program(SWITCHYARD_OBJDUMP llvm-objdump-${SWITCHYARD_CLANG_VERSION})
# Either does what the other would, where it can: ROCm's brings its own linker.
if(SWITCHYARD_AMD_CLANG AND NOT SWITCHYARD_CLANG)
  set(SWITCHYARD_CLANG ${SWITCHYARD_AMD_CLANG} CACHE FILEPATH "" FORCE)
elseif(SWITCHYARD_LLD AND NOT SWITCHYARD_AMD_CLANG)
  set(SWITCHYARD_AMD_CLANG ${SWITCHYARD_CLANG} CACHE FILEPATH "" FORCE)
endif()
if(NOT SWITCHYARD_CLANG OR NOT SWITCHYARD_AMD_CLANG OR NOT SWITCHYARD_READELF OR NOT SWITCHYARD_OBJDUMP)
  message(FATAL_ERROR
    "clang++-${SWITCHYARD_CLANG_VERSION}, ld.lld-${SWITCHYARD_CLANG_VERSION}, "
    "llvm-readelf-${SWITCHYARD_CLANG_VERSION} or llvm-objdump-${SWITCHYARD_CLANG_VERSION} is missing, "
    "which compile and check the device code, and ROCm's clang is in no prefix of CMAKE_PREFIX_PATH nor in "
    "/opt/rocm. "
    "Install them from bookworm-security: apt-get install clang-22 lld-22 llvm-22. "
    "Or build without device code: pass -DSWITCHYARD_GPU=OFF.")
endif()

# An empty source, to tell a compiler that does not know an architecture from an error in a kernel.
foreach(architecture ${SWITCHYARD_DEVICE_ARCHITECTURES})
  if(architecture MATCHES "^gfx")
    set(compiler ${SWITCHYARD_AMD_CLANG})
    set(probe ${SWITCHYARD_AMD_FLAGS} --offload-arch=${architecture})
  else()
    set(compiler ${SWITCHYARD_CLANG})
    set(probe ${SWITCHYARD_NVIDIA_FLAGS} --cuda-gpu-arch=${architecture})
  endif()
  execute_process(COMMAND ${compiler} ${probe} -o /dev/null /dev/null
    RESULT_VARIABLE status ERROR_VARIABLE why OUTPUT_QUIET ERROR_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${compiler} does not compile for ${architecture}:\n${why}\n"
      "Name another compiler with -DSWITCHYARD_AMD_CLANG= (AMD) or -DSWITCHYARD_CLANG= (NVIDIA), such as "
      "clang++-22 of Debian: apt-get install clang-22 lld-22 llvm-22. "
      "Or leave ${architecture} out: ${to_do}.")
  endif()
  list(APPEND described "${architecture} by ${compiler}")
endforeach()
list(JOIN described ", " described)
message(STATUS "Device code: ${described}")
