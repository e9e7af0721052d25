# Writes code_objects_list.cpp into the build, which puts SWITCHYARD_DEVICE_OBJECTS (paths
# SOURCE_ARCHITECTURE.co or .ptx) into the library; sets SWITCHYARD_EMBEDDED to the file.
set(text "#include \"kernels/gpu/code_objects.h\"\n\n// The objects of kernels/device.\n")
set(entries "")
foreach(object ${SWITCHYARD_DEVICE_OBJECTS})
  get_filename_component(file ${object} NAME)
  string(REGEX MATCH "^(.*)_(gfx[0-9a-f]+|sm_[0-9]+a?)\\.(co|ptx)$" matched ${file})
  if(NOT matched)
    message(FATAL_ERROR "${file} is not named SOURCE_ARCHITECTURE.co or .ptx")
  endif()
  set(symbol switchyard_object_${CMAKE_MATCH_1}_${CMAKE_MATCH_2})
  string(APPEND text "asm(R\"(
  .pushsection .rodata
  .balign 4096
  .globl ${symbol}, ${symbol}_end
  .hidden ${symbol}, ${symbol}_end
${symbol}:
  .incbin \"${object}\"
${symbol}_end:
  .byte 0
  .popsection
)\");
extern \"C\" const std::byte ${symbol}[], ${symbol}_end[];\n")
  string(APPEND entries "      {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\", \"${file}\",
       {${symbol}, ${symbol}_end}},\n")
endforeach()
if(entries)
  set(list "static const CodeObject list[] = {\n${entries}  };\n  return list;")
else()
  set(list "return {};")
endif()
string(APPEND text "
namespace switchyard::kernels::gpu {

std::span<const CodeObject> code_objects() {
  ${list}
}

}  // namespace switchyard::kernels::gpu
")
set(SWITCHYARD_EMBEDDED ${CMAKE_CURRENT_BINARY_DIR}/code_objects_list.cpp)
file(GENERATE OUTPUT ${SWITCHYARD_EMBEDDED} CONTENT "${text}")
set_source_files_properties(${SWITCHYARD_EMBEDDED} PROPERTIES
  GENERATED ON OBJECT_DEPENDS "${SWITCHYARD_DEVICE_OBJECTS}")
