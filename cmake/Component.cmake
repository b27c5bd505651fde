# orchestrator_add_component makes one library component: a static target with its own export name, installed headers
# that compile alone, and private warnings.
include(GNUInstallDirs)

# Our own warnings, as errors; never imposed on users of the libraries.
add_library(orchestrator_warnings INTERFACE)
target_compile_options(orchestrator_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror=switch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # When it optimises, g++ 12 takes the frame allocation of Asio's coroutines for a mismatch of new and delete.
  target_compile_options(orchestrator_warnings INTERFACE -Wno-mismatched-new-delete)
endif()
# g++ 12 takes the inside of std::optional and std::variant, and much of coroutines, for uninitialised.
target_compile_options(orchestrator_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# g++ 12 sees overlapping copies in "text" + std::to_string(n) where there are none (GCC bug 105329).
target_compile_options(orchestrator_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(orchestrator_warnings INTERFACE -Werror)
endif()

# What every target of ours is compiled with.
function(orchestrator_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:orchestrator_warnings>)
  if(ORCHESTRATOR_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ORCHESTRATOR_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${ORCHESTRATOR_SANITIZE})
  endif()
endfunction()

# orchestrator_add_component(LIBRARY NAME SOURCES … HEADERS … [DEPENDS …] [PRIVATE_DEPENDS …])
# makes the target LIBRARY_NAME with the alias LIBRARY::NAME. HEADERS are relative to the library's include folder.
function(orchestrator_add_component library name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS")
  set(target ${library}_${name})
  list(TRANSFORM arg_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/include/")
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(${library}::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS
    BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}/include" FILES ${arg_HEADERS})
  orchestrator_configure_target(${target})
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON)
  set_property(GLOBAL APPEND PROPERTY orchestrator_${library}_components ${name})
  install(TARGETS ${target} EXPORT ${library}-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endfunction()
