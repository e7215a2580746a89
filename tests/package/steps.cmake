# Steps that the proofs share. A step that fails prints what it ran and stops the proof.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}\nfailed: ${status}")
  endif()
endfunction()

# Runs the README's program in an empty folder and compares what it prints with what the README shows.
function(check_program program)
  file(REMOVE_RECURSE ${work}/run)
  file(MAKE_DIRECTORY ${work}/run)
  execute_process(COMMAND ${program} WORKING_DIRECTORY ${work}/run
    RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE errors)
  file(READ ${source}/examples/readme/output.txt expected)
  if(NOT status EQUAL 0 OR NOT printed STREQUAL expected)
    message(FATAL_ERROR "${program} answered ${status}\n${errors}\nprinted:\n${printed}\nexpected:\n${expected}")
  endif()
endfunction()
