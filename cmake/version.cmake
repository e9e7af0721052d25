# switchyard_version: the version and commit that the tools print (cmake/version.h).
set(version_source ${PROJECT_BINARY_DIR}/generated/version.cpp)
add_custom_target(switchyard_write_version
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUT=${version_source}
          -DSWITCHYARD_VERSION=${PROJECT_VERSION} -P ${PROJECT_SOURCE_DIR}/cmake/write_version.cmake
  BYPRODUCTS ${version_source}
  COMMENT "Looking at the commit"
  VERBATIM)
add_library(switchyard_version STATIC ${version_source})
add_dependencies(switchyard_version switchyard_write_version)
target_link_libraries(switchyard_version PRIVATE switchyard_options)
target_include_directories(switchyard_version PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
