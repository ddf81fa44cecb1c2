#include "harness/run/coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/registry.hpp"

namespace tricolour {

std::string Coordinate::flag() const {
  std::string text = "--" + std::string(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string Coordinate::text_in(const RunOptions& options) const {
  if (is_count()) return fmt::to_string(options.*std::get<unsigned RunOptions::*>(field));
  return options.*std::get<std::string RunOptions::*>(field);
}

bool Coordinate::is_default(const RunOptions& options) const {
  static const RunOptions standard;
  return text_in(options) == text_in(standard);
}

std::span<const Coordinate> coordinates() {
  static const Coordinate all[]{
      {.name = "collector",
       .field = &RunOptions::collector,
       .help = "when the tracing runs (tricolour list collectors)",
       .always = true,
       .check = [](std::string_view name) { named_collector(name); }},
      {.name = "barrier",
       .field = &RunOptions::barrier,
       .help = "what mutators promise at a store (tricolour list barriers)",
       .always = true,
       .check = [](std::string_view name) { find_barrier(name); }},
      {.name = "workload",
       .field = &RunOptions::workload,
       .help = "what the mutators do (tricolour list workloads)",
       .always = true,
       .is_axis = false,
       .check = [](std::string_view name) { find_workload(name); }},
      {.name = "heap",
       .field = &RunOptions::heap,
       .help = "its size, such as 256M, or a multiple of the workload's minimum heap, such as 2x",
       .always = true,
       .check = [](std::string_view size) { parse_heap_size(size); }},
      {.name = "mutators",
       .field = &RunOptions::mutators,
       .help = fmt::format("mutator threads, 1 to {}", most_mutators),
       .most = most_mutators},
      {.name = "marker",
       .field = &RunOptions::marker,
       .help = "who traces (tricolour list markers)",
       .check = [](std::string_view name) { named_marker(name); }},
      {.name = "mark_threads",
       .field = &RunOptions::mark_threads,
       .help = "threads that mark while the world is stopped",
       .most = most_mark_threads},
      {.name = "concurrent_mark_threads",
       .field = &RunOptions::concurrent_mark_threads,
       .help = "threads that mark beside the mutators",
       .most = most_mark_threads},
      {.name = "sweep",
       .field = &RunOptions::sweep,
       .help = fmt::format("when unmarked objects are freed (tricolour list sweepers); {}: {}",
                           sweep_modes[0].name, sweep_modes[0].summary)},
      {.name = "allocate",
       .field = &RunOptions::allocate,
       .help = "colour of objects born while marking: white, black, or auto (the barrier's)"},
      {.name = "roots",
       .field = &RunOptions::roots,
       .help = "how roots are scanned: stopped (all in one stop), ragged (mutator by mutator), or "
               "auto (the collector's)",
       .in_cell = false},
      {.name = "barrier_arm",
       .field = &RunOptions::barrier_arm,
       .help = fmt::format("measure a part of the barrier, under a collector that marks in pauses "
                           "only ({}): off, test, filtered or full",
                           RunOptions().collector),
       .in_cell = false},
  };
  return all;
}

const Coordinate* find_coordinate(std::string_view name) { return find_named(coordinates(), name); }

}  // namespace tricolour
