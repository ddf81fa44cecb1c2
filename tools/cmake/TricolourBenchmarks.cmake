# The microbenchmarks, one program from the <unit>_bench.cpp files beside what they
# measure; and the probes that tools/check_hot_paths disassembles, one per barrier, compiled with
# the flags of everything else.

find_package(benchmark QUIET)
if(benchmark_FOUND)
  file(GLOB_RECURSE bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/*_bench.cpp ${PROJECT_SOURCE_DIR}/barriers/*_bench.cpp
       ${PROJECT_SOURCE_DIR}/collectors/*_bench.cpp)
  add_executable(tricolour_bench ${bench_sources})
  target_link_libraries(tricolour_bench PRIVATE tricolour_collectors benchmark::benchmark benchmark::benchmark_main)
  tricolour_flags(tricolour_bench)
else()
  message(STATUS "Google Benchmark was not found: no tricolour_bench")
endif()

set(probe_sources "")
foreach(barrier IN LISTS TRICOLOUR_BARRIERS)
  tricolour_class_name(${barrier} barrier_class)
  configure_file(${PROJECT_SOURCE_DIR}/tools/hot_paths/probe.cpp.in ${PROJECT_BINARY_DIR}/hot_paths/${barrier}.cpp @ONLY)
  list(APPEND probe_sources ${PROJECT_BINARY_DIR}/hot_paths/${barrier}.cpp)
endforeach()
add_library(tricolour_hot_paths OBJECT EXCLUDE_FROM_ALL ${probe_sources})
target_link_libraries(tricolour_hot_paths PRIVATE tricolour_core)
tricolour_flags(tricolour_hot_paths)
