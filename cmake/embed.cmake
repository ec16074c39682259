# drover_embed(room file symbol): makes the text of daemon/<room>/<file> the
# NUL-terminated array <symbol> of the room's library. As bytes, since C compilers need
# not take long string literals.
function(drover_embed room file symbol)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${room}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  file(CONFIGURE OUTPUT ${generated} CONTENT
    "extern const char ${symbol}[];\nconst char ${symbol}[] = {@bytes@0};\n" @ONLY)
  target_sources(drover_${room} PRIVATE ${generated})
endfunction()
