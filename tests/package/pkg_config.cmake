include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
set(ENV{PKG_CONFIG_PATH} ${prefix}/${libdir}/pkgconfig)
execute_process(COMMAND pkg-config --cflags --libs varve OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
step(${compiler} -std=c++20 ${source}/examples/readme/main.cpp ${flags} -Wl,-rpath,${prefix}/${libdir} -o ${work}/consumer)
check_program(${work}/consumer)
