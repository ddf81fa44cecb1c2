# One test program per room, from the <unit>_test.cpp files beside what they test. Only
# the harness's needs the instances of every workload and barrier, which are most of a build. The
# <unit>_fault_test.cpp files among them need the seams of TRICOLOUR_FAULTS.

find_package(Catch2 QUIET)
if(NOT Catch2_FOUND)
  message(STATUS "Catch2 was not found: no tests")
  return()
endif()

add_library(tricolour_test_main OBJECT tools/testing/test_main.cpp)
target_include_directories(tricolour_test_main PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_features(tricolour_test_main PRIVATE cxx_std_20)
tricolour_flags(tricolour_test_main)
# It is most of Catch2: optimised less, it is compiled in two thirds of the time, and no test waits
# for it.
set_source_files_properties(tools/testing/test_main.cpp PROPERTIES COMPILE_OPTIONS -O1)

# It asks the compiler what is hidden from one who does not include the header that shows it.
set_source_files_properties(core/mutator/facade_test.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

function(tricolour_test_program room libraries)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*_test.cpp)
  if(NOT TRICOLOUR_FAULTS)
    list(FILTER sources EXCLUDE REGEX "_fault_test\\.cpp$")
  endif()
  if(NOT sources)
    return()
  endif()
  add_executable(${room}_test ${sources} $<TARGET_OBJECTS:tricolour_test_main>)
  target_link_libraries(${room}_test PRIVATE ${libraries})
  tricolour_flags(${room}_test)
  tricolour_compile_in_batches(${room}_test)
  tricolour_function_names(${room}_test)
  add_test(NAME ${room} COMMAND ${room}_test)
endfunction()

foreach(room core barriers collectors workloads)
  tricolour_test_program(${room} "tricolour_collectors;tricolour_exploration")
endforeach()
tricolour_test_program(harness tricolour_harness)
# Of these sources alone: a path in the command of every other would spoil a shared compiler cache.
set_property(SOURCE ${PROJECT_SOURCE_DIR}/harness/figures/known_run_test.cpp
  ${PROJECT_SOURCE_DIR}/harness/run/upgraded_run_test.cpp
  APPEND PROPERTY COMPILE_DEFINITIONS
  TRICOLOUR_KNOWN_RUN_FILE="${PROJECT_SOURCE_DIR}/tools/testing/known_run.toml")

# Preloaded into the program by harness/cli/failing_calls_test.py; a sanitizer would have to come
# first.
if(TRICOLOUR_SANITIZE STREQUAL "none")
  add_library(failing_calls SHARED harness/failing_calls/failing_calls.cpp)
  target_compile_features(failing_calls PRIVATE cxx_std_20)
  target_link_libraries(failing_calls PRIVATE ${CMAKE_DL_LIBS})
  set_target_properties(failing_calls PROPERTIES POSITION_INDEPENDENT_CODE ON LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
