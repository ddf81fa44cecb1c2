#include "harness/run/coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/registry.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

std::vector<std::string> names_of_workloads() {
  std::vector<std::string> names;
  for (const Instance* const one : workloads()) names.emplace_back(one->info().name);
  return names;
}

}  // namespace

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
       .help = "the collector, which decides when a cycle runs: " + enumerated(collectors()),
       .always = true,
       .check = [](std::string_view name) { named_collector(name); }},
      {.name = "barrier",
       .field = &RunOptions::barrier,
       .help = "what a mutator does at a store of a reference: " + enumerated(barriers()),
       .always = true,
       .check = [](std::string_view name) { find_barrier(name); }},
      {.name = "workload",
       .field = &RunOptions::workload,
       .help = "the program that mutators run: " + joined(names_of_workloads(), ", "),
       .always = true,
       .is_axis = false,
       .check = [](std::string_view name) { find_workload(name); }},
      {.name = "heap",
       .field = &RunOptions::heap,
       .help = "the heap's size, such as 256M, or a multiple of the workload's minimum heap, such "
               "as 2x",
       .always = true,
       .check = [](std::string_view size) { parse_heap_size(size); }},
      {.name = "mutators",
       .field = &RunOptions::mutators,
       .help = fmt::format("the number of mutators, 1 to {}", most_mutators),
       .most = most_mutators},
      {.name = "marker",
       .field = &RunOptions::marker,
       .help = "the marker, which traces: " + enumerated(markers()),
       .check = [](std::string_view name) { named_marker(name); }},
      {.name = "mark_threads",
       .field = &RunOptions::mark_threads,
       .help = "the number of threads that mark while the world is stopped",
       .most = most_mark_threads},
      {.name = "concurrent_mark_threads",
       .field = &RunOptions::concurrent_mark_threads,
       .help = "the number of threads that mark concurrently with the mutators",
       .most = most_mark_threads},
      {.name = "sweep",
       .field = &RunOptions::sweep,
       .help = fmt::format("when unmarked objects are freed: {}; {} means {}",
                           enumerated(sweep_modes), sweep_modes[0].name, sweep_modes[0].summary)},
      {.name = "allocate",
       .field = &RunOptions::allocate,
       .help =
           "the allocation colour, of objects that are born while a cycle marks: white, black, or "
           "auto, which is the barrier's"},
      {.name = "roots",
       .field = &RunOptions::roots,
       .help =
           "how roots are scanned: stopped, which is all in one stop, ragged, which is mutator by "
           "mutator, or auto, which is the collector's way",
       .in_cell = false},
      {.name = "barrier_arm",
       .field = &RunOptions::barrier_arm,
       .help = fmt::format("measure a part of the barrier, off, test, filtered or full, under a "
                           "collector that marks in pauses only, such as {}",
                           RunOptions().collector),
       .in_cell = false},
  };
  return all;
}

const Coordinate* find_coordinate(std::string_view name) { return find_named(coordinates(), name); }

}  // namespace tricolour
