# Runs an example and compares what it prints with a file.
cmake_minimum_required(VERSION 3.25)

# An empty folder to work in.
function(fresh_folder)
  file(REMOVE_RECURSE ${work})
  file(MAKE_DIRECTORY ${work})
endfunction()

# run(<exit code> <arguments>...): puts what was printed into `printed`, with the folder's name taken out.
function(run expected_status)
  execute_process(COMMAND ${program} ${ARGN} WORKING_DIRECTORY ${work}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status STREQUAL expected_status)
    list(JOIN ARGN " " arguments)
    message(FATAL_ERROR "${program} ${arguments}\n${output}\n${errors}\nended with ${status}, expected ${expected_status}")
  endif()
  string(REPLACE "${work}" "WORK" output "${output}${errors}")
  set(printed "${output}" PARENT_SCOPE)
endfunction()

# expect(<file>): `printed` is what the file says, line by line.
function(expect file)
  file(READ ${here}/${file} expected)
  set(pattern "${expected}")
  string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" pattern "${pattern}")
  string(REPLACE "<n>" "[0-9,]+" pattern "${pattern}")
  string(REPLACE "<t>" "[0-9,.]+" pattern "${pattern}")
  if(NOT printed MATCHES "^${pattern}$")
    file(WRITE ${work}/printed.txt "${printed}")
    message(FATAL_ERROR "printed:\n${printed}\nexpected (${file}):\n${expected}\nprinted it is kept in ${work}/printed.txt")
  endif()
endfunction()
