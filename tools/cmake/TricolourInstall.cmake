# `cmake --install`: the embeddable heap (core, barriers, collectors), found by find_package(tricolour); the program, and under
# share/tricolour, where the program looks for it, the Python package with its schema.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

install(TARGETS tricolour_core tricolour_collectors EXPORT tricolour_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS tricolour RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY tools/tricolour_report DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/tools
        PATTERN "*_test.py" EXCLUDE PATTERN "conftest.py" EXCLUDE PATTERN "tricolour_report/testing" EXCLUDE
        PATTERN "__pycache__" EXCLUDE)
install(PROGRAMS tools/python DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/tools)
install(DIRECTORY results/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/results)
install(EXPORT tricolour_targets NAMESPACE tricolour:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour FILE tricolour-targets.cmake)
foreach(room core barriers collectors)
  # probes.hpp is the sources' own, and needs a header of SystemTap; the explorer is no part of a heap.
  install(DIRECTORY ${room} DESTINATION include/tricolour FILES_MATCHING PATTERN "*.hpp"
          PATTERN "probes.hpp" EXCLUDE PATTERN "core/exploration" EXCLUDE)
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/generated/core/build_flavour.hpp DESTINATION include/tricolour/core)
configure_package_config_file(tools/cmake/tricolour-config.cmake.in ${PROJECT_BINARY_DIR}/tricolour-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tricolour-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tricolour-config.cmake ${PROJECT_BINARY_DIR}/tricolour-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour)
