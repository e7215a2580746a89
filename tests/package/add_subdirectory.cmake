include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
file(REMOVE_RECURSE ${work})
step(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/add_subdirectory -B ${work} -G Ninja
  -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=${build_type} -D VARVE_WERROR=${warnings_as_errors}
  -D varve=${source} -D program=${source}/examples/readme/main.cpp)
step(${CMAKE_COMMAND} --build ${work} --target consumer)
check_program(${work}/consumer)

# A guest in another's build brings the library and nothing else.
file(GLOB_RECURSE extras ${work}/*_tests ${work}/varve_cli)
if(extras)
  message(FATAL_ERROR "built beside the library: ${extras}")
endif()
