# What `cmake --install` puts down: libswitchyard with its headers, CMake package and pkg-config
# file; the tools, their manual pages and completions; the policies.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/switchyard)

install(TARGETS switchyard EXPORT switchyard-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# The headers that a program which asks tables may include, by the same names as in this tree:
# #include "runtime/table/table.h". tests/install compiles each of them by itself.
set(public_headers
  runtime/base/error.h
  runtime/base/export.h
  runtime/decide/decide.h
  runtime/decide/fact_row.h
  runtime/decide/faster_targets.h
  runtime/decide/residual.h
  runtime/decide/why.h
  runtime/facts/bind.h
  runtime/facts/environment.h
  runtime/facts/probe.h
  runtime/facts/provided.h
  runtime/facts/variables.h
  runtime/format/version.h
  runtime/log/decision_log.h
  runtime/log/layer_line.h
  runtime/log/log_config.h
  runtime/log/metrics.h
  runtime/log/slow_path.h
  runtime/store/policy_reader.h
  runtime/store/policy_store.h
  runtime/store/policy_version.h
  runtime/store/publication.h
  runtime/table/decision.h
  runtime/table/info.h
  runtime/table/inspect.h
  runtime/table/plan.h
  runtime/table/table.h)
foreach(header ${public_headers})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/switchyard/${folder})
endforeach()

# The C interface, which needs none of these.
foreach(header switchyard.h switchyard_store.h switchyard_log.h)
  install(FILES include/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()

# The CMake package: find_package(switchyard), then link switchyard::switchyard (C++) or
# switchyard::c (the C interface).
install(EXPORT switchyard-targets NAMESPACE switchyard:: DESTINATION ${package_dir})
configure_package_config_file(cmake/switchyard-config.cmake.in
  ${PROJECT_BINARY_DIR}/switchyard-config.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/switchyard-config-version.cmake
  COMPATIBILITY SameMinorVersion)  # before 1.0, a minor version may change the interface
install(FILES ${PROJECT_BINARY_DIR}/switchyard-config.cmake
  ${PROJECT_BINARY_DIR}/switchyard-config-version.cmake DESTINATION ${package_dir})

# pkg-config; ${pcfiledir} keeps an installed tree movable.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/switchyard.pc.in ${PROJECT_BINARY_DIR}/switchyard.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/switchyard.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The tools find the library beside them, wherever the tree is moved.
file(RELATIVE_PATH lib_from_bin /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
foreach(tool policyc moe)
  set_target_properties(${tool} PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
  install(TARGETS ${tool} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES docs/man/${tool}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES scripts/completions/${tool}.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${tool})
  install(FILES scripts/completions/_${tool}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endforeach()

install(DIRECTORY policies DESTINATION ${CMAKE_INSTALL_DATADIR}/switchyard
  FILES_MATCHING PATTERN *.policy PATTERN *.facts)
