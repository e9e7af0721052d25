# The host executor: device code for x86-64 by the same clang, NAME_on_MODEL, and what runs it. Under
# sanitizers the device code is instrumented too; the runtime of g++ serves both.
set(SWITCHYARD_HOST_FLAGS -x c++ -std=c++20 -O2 -g1 -fPIC -Wall -Wextra -Wno-unknown-pragmas -Wno-pass-failed
  -ffp-contract=off -I${PROJECT_SOURCE_DIR} -DSWITCHYARD_HOST)
if(SWITCHYARD_WERROR)
  list(APPEND SWITCHYARD_HOST_FLAGS -Werror)
endif()
if(SWITCHYARD_SANITIZE)
  list(APPEND SWITCHYARD_HOST_FLAGS -fsanitize=${SWITCHYARD_SANITIZE} -fno-sanitize-recover=all
    -fno-sanitize=function,vptr -fno-omit-frame-pointer)
endif()

set(SWITCHYARD_HOST_FLAGS ${SWITCHYARD_HOST_FLAGS} CACHE INTERNAL "")

# switchyard_host_objects(OUT SOURCE…): the objects of device sources for all models.
function(switchyard_host_objects out)
  set(objects "")
  foreach(source ${ARGN})
    cmake_path(GET source STEM name)
    foreach(model gfx942 gfx950 sm_90a)
      set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}_on_${model}.o)
      add_custom_command(OUTPUT ${object}
        COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${SWITCHYARD_CLANG} ${SWITCHYARD_HOST_FLAGS}
          -DSWITCHYARD_MODEL=${model} -DSWITCHYARD_HOST_${model}
          -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
        DEPENDS ${source}
        DEPFILE ${object}.d
        COMMENT "Device code ${name} on the host as ${model}"
        VERBATIM)
      list(APPEND objects ${object})
    endforeach()
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

find_package(Boost 1.74 REQUIRED COMPONENTS context)
list(TRANSFORM SWITCHYARD_DEVICE_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
list(TRANSFORM sources APPEND .hip)
switchyard_host_objects(host_objects ${sources})
add_library(switchyard_host_executor STATIC
  host/fiber.cpp
  host/functions.cpp
  host/host_device.cpp
  host/matrix.cpp
  host/workgroup.cpp
  ${host_objects})
target_link_libraries(switchyard_host_executor
  PUBLIC switchyard_kernels
  PRIVATE Boost::context $<BUILD_INTERFACE:switchyard_options>)
