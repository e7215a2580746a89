include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
fresh_folder()
run(0)
expect(commands/play.txt)
