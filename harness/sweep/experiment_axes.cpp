#include "harness/sweep/experiment_axes.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"
#include "harness/run/registry.hpp"

namespace tricolour {
namespace {

void check_name(std::string_view key, const std::string& text) {
  if (key == "heap") parse_heap_size(text);
  if (key == "barrier") find_barrier(text);
  if (key == "collector") named_collector(text);
  if (key == "marker") named_marker(text);
}

}  // namespace

std::string& text_of(RunOptions& options, std::string_view axis) {
  if (axis == "collector") return options.collector;
  if (axis == "barrier") return options.barrier;
  if (axis == "heap") return options.heap;
  if (axis == "marker") return options.marker;
  if (axis == "sweep") return options.sweep;
  if (axis == "allocate") return options.allocate;
  return options.barrier_arm;
}
unsigned& count_of(RunOptions& options, std::string_view axis) {
  if (axis == "mutators") return options.mutators;
  return axis == "mark_threads" ? options.mark_threads : options.concurrent_mark_threads;
}

Axis pinned(std::string_view key, std::string value) {
  return {std::string(key),
          {{value, [key, value](RunOptions& options) { text_of(options, key) = value; }}}};
}

std::vector<std::string_view> axis_keys() {
  std::vector<std::string_view> keys(std::begin(text_axes), std::end(text_axes));
  keys.insert(keys.end(), std::begin(count_axes), std::end(count_axes));
  return keys;
}

Choice text_choice(std::string_view key, const TomlValue& value) {
  const std::string text = value.text();
  value.checked([&] { check_name(key, text); });
  return {text, [key, text](RunOptions& options) { text_of(options, key) = text; }};
}

Choice count_choice(std::string_view key, const TomlValue& value) {
  const auto count = static_cast<unsigned>(
      value.integer(1, key == "mutators" ? most_mutators : most_mark_threads));
  return {fmt::to_string(count),
          [key, count](RunOptions& options) { count_of(options, key) = count; }};
}

}  // namespace tricolour
