# varve_messages(target name...): a library of the messages in src/<name>.proto, included as <name.pb.h>.
# Apart from our own code, whose warnings what is generated is not held to.
find_package(Protobuf REQUIRED)
function(varve_messages target)
  set(messages ${CMAKE_CURRENT_BINARY_DIR}/messages)
  set(sources "")
  foreach(name IN LISTS ARGN)
    set(made ${messages}/${name}.pb.cc ${messages}/${name}.pb.h)
    add_custom_command(OUTPUT ${made}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${messages}
      COMMAND protobuf::protoc --cpp_out=${messages} -I ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/src/${name}.proto
      DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}.proto VERBATIM)
    list(APPEND sources ${made})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${messages})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf-lite)
endfunction()
