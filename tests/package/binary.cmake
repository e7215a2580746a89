include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
# The installed binary finds the installed library, also when the whole tree has been moved.
file(REMOVE_RECURSE ${work})
file(COPY ${prefix}/ DESTINATION ${work})
step(${work}/bin/varve --version)
step(${work}/bin/varve append ${work}/store account-a1 Opened "{}")
step(${work}/bin/varve read ${work}/store)
