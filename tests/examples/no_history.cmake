# A machine without a log, and one with an empty log, are told so.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
fresh_folder()
run(0 play --log dpkg.log --data data)
expect(packages/no_history.txt)
file(WRITE ${work}/dpkg.log "")
run(0 play --log dpkg.log --data data)
expect(packages/no_history.txt)
run(1 report --data nowhere)
