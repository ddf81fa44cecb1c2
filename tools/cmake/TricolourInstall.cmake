# `cmake --install` and find_package(tricolour): the embeddable heap is core, barriers and collectors.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

install(TARGETS tricolour_core tricolour_collectors EXPORT tricolour_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT tricolour_targets NAMESPACE tricolour:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour FILE tricolour-targets.cmake)
foreach(room core barriers collectors)
  install(DIRECTORY ${room} DESTINATION include/tricolour FILES_MATCHING PATTERN "*.hpp")
endforeach()
configure_package_config_file(tools/cmake/tricolour-config.cmake.in ${PROJECT_BINARY_DIR}/tricolour-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tricolour-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tricolour-config.cmake ${PROJECT_BINARY_DIR}/tricolour-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour)
