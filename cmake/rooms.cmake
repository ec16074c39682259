# drover_room(NAME libraries...): one static library per folder of daemon/,
# made of all its sources. Includes are written from daemon/ ("plan/plan.h").
function(drover_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$") # of a program beside its room
  if(NOT sources)
    return()
  endif()
  add_library(drover_${name} STATIC ${sources})
  target_include_directories(drover_${name} PUBLIC ${PROJECT_SOURCE_DIR}/daemon)
  target_link_libraries(drover_${name} PUBLIC ${ARGN})
endfunction()
