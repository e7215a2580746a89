# What `cmake --install` lays down: the shared library, the promise (include/varve), and how other builds find both.
include(CMakePackageConfigHelpers)

install(TARGETS varve EXPORT varve_targets)
if(TARGET varve_remote)
  install(TARGETS varve_remote EXPORT varve_targets)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/varve DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/varve)
install(EXPORT varve_targets FILE varveTargets.cmake NAMESPACE varve:: DESTINATION ${config_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/varveConfig.cmake.in ${PROJECT_BINARY_DIR}/varveConfig.cmake
  INSTALL_DESTINATION ${config_folder})
# Before 1.0 a minor version may change the promise.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/varveConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/varveConfig.cmake ${PROJECT_BINARY_DIR}/varveConfigVersion.cmake
  DESTINATION ${config_folder})

# The prefix is worked out from where varve.pc lies, so that an installed tree may be moved.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix_from_pc "${prefix_from_pc}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/varve.pc.in ${PROJECT_BINARY_DIR}/varve.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/varve.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
