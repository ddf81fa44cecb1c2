# `cmake --install`, in two components that find_package(tricolour COMPONENTS ...) knows:
#   heap: core, barriers and collectors, to embed
#   tool: the program; under share/tricolour, where it looks for it, the Python package with its schema; the documents

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(tricolour_config ${CMAKE_INSTALL_LIBDIR}/cmake/tricolour)

install(TARGETS tricolour_core tricolour_collectors tricolour_heap EXPORT tricolour_heap COMPONENT heap
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT heap)
install(EXPORT tricolour_heap NAMESPACE tricolour:: DESTINATION ${tricolour_config} FILE tricolour-heap.cmake COMPONENT heap)
foreach(room core barriers collectors)
  # probes.hpp is the sources' own, and needs a header of SystemTap; the explorer is no part of a
  # heap.
  install(DIRECTORY ${room} DESTINATION include/tricolour COMPONENT heap FILES_MATCHING PATTERN "*.hpp"
          PATTERN "probes.hpp" EXCLUDE PATTERN "core/exploration" EXCLUDE)
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/generated/core/build_flavour.hpp DESTINATION include/tricolour/core COMPONENT heap)

if(TRICOLOUR_TOOL)
  set_target_properties(tricolour PROPERTIES EXPORT_NAME tool)
  install(TARGETS tricolour EXPORT tricolour_tool COMPONENT tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
  install(EXPORT tricolour_tool NAMESPACE tricolour:: DESTINATION ${tricolour_config} FILE tricolour-tool.cmake COMPONENT tool)
  install(DIRECTORY tools/tricolour_report DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/tools COMPONENT tool
          PATTERN "*_test.py" EXCLUDE PATTERN "conftest.py" EXCLUDE PATTERN "tricolour_report/testing" EXCLUDE
          PATTERN "__pycache__" EXCLUDE)
  install(PROGRAMS tools/python DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/tools COMPONENT tool)
  install(DIRECTORY results/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/tricolour/results COMPONENT tool)
  install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
  install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
endif()

configure_package_config_file(tools/cmake/tricolour-config.cmake.in ${PROJECT_BINARY_DIR}/tricolour-config.cmake INSTALL_DESTINATION ${tricolour_config})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tricolour-config-version.cmake COMPATIBILITY SameMinorVersion)
foreach(component heap tool)
  install(FILES ${PROJECT_BINARY_DIR}/tricolour-config.cmake ${PROJECT_BINARY_DIR}/tricolour-config-version.cmake
          DESTINATION ${tricolour_config} COMPONENT ${component})
endforeach()
