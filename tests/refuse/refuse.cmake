# Compiles one snippet twice: it must fail with its sentence, and pass with -DREPAIRED.
file(STRINGS ${snippet} first_line LIMIT_COUNT 1)
string(REGEX REPLACE "^// " "" sentence "${first_line}")
string(REPLACE "\\;" ";" sentence "${sentence}")  # file(STRINGS) escapes them
set(command ${compiler} -std=c++20 -fsyntax-only -I${include})

execute_process(COMMAND ${command} ${snippet} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(failed EQUAL 0)
  message(FATAL_ERROR "${snippet} compiles, but must be refused with: ${sentence}")
endif()
string(FIND "${output}" "${sentence}" found)
if(found EQUAL -1)
  message(FATAL_ERROR "${snippet} is refused, but without its sentence: ${sentence}\n${output}")
endif()

execute_process(COMMAND ${command} -DREPAIRED ${snippet} RESULT_VARIABLE failed ERROR_VARIABLE output)
if(NOT failed EQUAL 0)
  message(FATAL_ERROR "${snippet} must compile with -DREPAIRED:\n${output}")
endif()
