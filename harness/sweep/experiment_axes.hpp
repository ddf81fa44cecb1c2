// The axes of an experiment's matrix: which keys there are, what a value of each does to a run, and
// whether there is such a value.
//
// Invariant: a Choice names what exists. What does not fit together is found when the cells are
// planned.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/run_options.hpp"
#include "harness/text/toml_reader.hpp"

namespace tricolour {

/// One value on one axis: what it does to a run, how exclusions name it, where it stands.
struct Choice {
  std::string name;
  std::function<void(RunOptions&)> apply;
  unsigned line = 0;
};
struct Axis {
  std::string key;
  std::vector<Choice> choices;
};

/// The keys whose values are texts, and those whose values are counts. A workload is an axis of its
/// own.
inline constexpr std::string_view text_axes[]{"collector", "barrier",  "heap",       "marker",
                                              "sweep",     "allocate", "barrier_arm"};
inline constexpr std::string_view count_axes[]{"mutators", "mark_threads",
                                               "concurrent_mark_threads"};
std::vector<std::string_view> axis_keys();

/// The part of `options` that the axis sets.
std::string& text_of(RunOptions& options, std::string_view axis);
unsigned& count_of(RunOptions& options, std::string_view axis);

/// The value of a key in the file. They throw FileError.
Choice text_choice(std::string_view key, const TomlValue& value);
Choice count_choice(std::string_view key, const TomlValue& value);

/// An axis of the baseline's with one value.
Axis pinned(std::string_view key, std::string value);

}  // namespace tricolour
