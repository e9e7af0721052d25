# cmake -DSOURCE=… -DOUT=… -DSWITCHYARD_VERSION=… -P write_version.cmake
# Runs at every build and touches OUT only when the commit changed.
set(SWITCHYARD_GIT_HASH "")
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE}/.git")  # a folder, or a file in a work tree
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty --abbrev=7 --exclude=*
    OUTPUT_VARIABLE SWITCHYARD_GIT_HASH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(SWITCHYARD_GIT_HASH STREQUAL "")
  # `git archive` replaces the mark in this file by the commit (.gitattributes: export-subst).
  file(STRINGS "${SOURCE}/cmake/archive_commit.txt" mark LIMIT_COUNT 1)
  if(mark MATCHES "^[0-9a-f]+$")
    set(SWITCHYARD_GIT_HASH ${mark})
  else()
    set(SWITCHYARD_GIT_HASH unknown)
  endif()
endif()
configure_file("${SOURCE}/cmake/version.cpp.in" "${OUT}" @ONLY)
