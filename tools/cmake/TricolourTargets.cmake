# Flags that every target of the project has, and the shape of a library of one room.

set(tricolour_sanitizer_flags "")
if(TRICOLOUR_SANITIZE STREQUAL "address")
  set(tricolour_sanitizer_flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
elseif(TRICOLOUR_SANITIZE STREQUAL "thread")
  set(tricolour_sanitizer_flags -fsanitize=thread -fno-omit-frame-pointer -g1)
elseif(NOT TRICOLOUR_SANITIZE STREQUAL "none")
  message(FATAL_ERROR "TRICOLOUR_SANITIZE is '${TRICOLOUR_SANITIZE}'; it takes none, address or thread")
endif()
if(NOT TRICOLOUR_SANITIZE STREQUAL "none")
  # GCC's own instrumentation makes it see uninitialised reads that are not there (its manual,
  # -fsanitize).
  list(APPEND tricolour_sanitizer_flags $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(NOT TRICOLOUR_SANITIZE STREQUAL "none")
  set(CMAKE_CXX_FLAGS_RELEASE "-O1")
elseif(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
endif()

function(tricolour_flags target)
  if(TRICOLOUR_WARNINGS_ARE_ERRORS)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Werror)
    # Clang warns of what GCC's library calls in itself.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
  endif()
  target_compile_options(${target} PRIVATE ${tricolour_sanitizer_flags})
  target_link_options(${target} PRIVATE ${tricolour_sanitizer_flags})
endfunction()

# tricolour_function_names(program): puts its functions into its dynamic symbol table, where
# core/threads/thread_stack.cpp looks up the names of a thread's stack. Otherwise the report of a
# late mutator has addresses only.
function(tricolour_function_names program)
  set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON)
endfunction()

# tricolour_compile_in_batches(target): up to six sources of one folder as one, which saves a
# quarter of a cold build, because most of the time to compile a source is its headers. A name in an
# anonymous namespace is then the only one of its folder. Not for what is measured, whose speed
# would depend on its batch; nor for explorations, which take long of their own.
function(tricolour_compile_in_batches target)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/")
  list(FILTER sources EXCLUDE REGEX "^${PROJECT_BINARY_DIR}/|_exploration_test\\.cpp$")
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    string(MAKE_C_IDENTIFIER ${folder} folder)
    list(APPEND sources_of_${folder} ${source})
    list(LENGTH sources_of_${folder} count)
    math(EXPR batch "(${count} - 1) / 6")
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${folder}_${batch})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # It takes a source of a batch for a header, and warns of what an anonymous namespace there holds.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# tricolour_library(room sources...): static library tricolour_<room>, alias tricolour::<room>,
# headers found from the project's root.
function(tricolour_library room)
  add_library(tricolour_${room} STATIC ${ARGN})
  add_library(tricolour::${room} ALIAS tricolour_${room})
  set_target_properties(tricolour_${room} PROPERTIES EXPORT_NAME ${room})
  target_compile_features(tricolour_${room} PUBLIC cxx_std_20)
  target_include_directories(tricolour_${room} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
                                                      $<INSTALL_INTERFACE:include/tricolour>)
  tricolour_flags(tricolour_${room})
endfunction()

# tricolour_sources(result room EXCEPT folders...): the sources of a room that are neither tests nor
# benchmarks nor in the folders.
function(tricolour_sources result room)
  cmake_parse_arguments(PARSE_ARGV 2 argument "" "" "EXCEPT")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")
  foreach(folder IN LISTS argument_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "^${PROJECT_SOURCE_DIR}/${folder}/")
  endforeach()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()
