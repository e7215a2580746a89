include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
file(REMOVE_RECURSE ${prefix})
step(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

# Nothing of the inside may be among the installed headers.
file(GLOB_RECURSE strangers ${prefix}/include/*)
list(FILTER strangers EXCLUDE REGEX "^${prefix}/include/varve/")
if(strangers)
  message(FATAL_ERROR "installed beside include/varve: ${strangers}")
endif()
