# Compiles one snippet twice: it must fail with its sentence, and pass with -DREPAIRED.
file(STRINGS ${snippet} first_line LIMIT_COUNT 1)
string(REGEX REPLACE "^// " "" sentence "${first_line}")
string(REPLACE "\\;" ";" sentence "${sentence}")  # file(STRINGS) escapes them
set(command ${compiler} -fsyntax-only -I${include})
# A second line `// alone, under -std=...`: what an older standard must say, and nothing else.
file(STRINGS ${snippet} second_line LIMIT_COUNT 1 REGEX "^// alone, under ")
string(REGEX REPLACE "^// alone, under " "" standard "${second_line}")
if(NOT standard)
  set(standard -std=c++20)
endif()

execute_process(COMMAND ${command} ${standard} ${snippet} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(failed EQUAL 0)
  message(FATAL_ERROR "${snippet} compiles, but must be refused with: ${sentence}")
endif()
string(FIND "${output}" "${sentence}" found)
if(found EQUAL -1)
  message(FATAL_ERROR "${snippet} is refused, but without its sentence: ${sentence}\n${output}")
endif()

string(REGEX MATCHALL "error: " errors "${output}")
list(LENGTH errors count)
if(second_line AND NOT count EQUAL 1)
  message(FATAL_ERROR "${snippet}: one error must be enough:\n${output}")
endif()

execute_process(COMMAND ${command} -std=c++20 -DREPAIRED ${snippet} RESULT_VARIABLE failed ERROR_VARIABLE output)
if(NOT failed EQUAL 0)
  message(FATAL_ERROR "${snippet} must compile with -DREPAIRED:\n${output}")
endif()
