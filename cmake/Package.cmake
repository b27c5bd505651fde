# Installs the package configuration: find_package(orchestrator COMPONENTS topology kvstore).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/orchestrator")
install(EXPORT orchestrator-targets NAMESPACE orchestrator:: DESTINATION "${package_dir}")
foreach(library IN ITEMS consensus topology kvstore)
  get_property(has_components GLOBAL PROPERTY orchestrator_${library}_components)
  if(has_components)
    install(EXPORT ${library}-targets NAMESPACE ${library}:: DESTINATION "${package_dir}")
  endif()
endforeach()
configure_package_config_file(cmake/orchestrator-config.cmake.in
  "${CMAKE_CURRENT_BINARY_DIR}/orchestrator-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/orchestrator-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/orchestrator-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/orchestrator-config-version.cmake"
  DESTINATION "${package_dir}")
