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

#include "harness/run/coordinates.hpp"
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

/// The coordinates that a plain value varies: texts first, then counts. A workload is an axis of
/// its own.
std::vector<const Coordinate*> plain_axes();

/// What a value in the file does. Throws FileError.
Choice choice_of(const Coordinate& axis, const TomlValue& value);

/// An axis of the baseline's with one value.
Axis pinned(const Coordinate& axis, std::string value);

}  // namespace tricolour
