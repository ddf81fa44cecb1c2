#include "harness/sweep/experiment_axes.hpp"

#include <fmt/format.h>

namespace tricolour {

std::vector<const Coordinate*> plain_axes() {
  std::vector<const Coordinate*> axes;
  for (const bool counts : {false, true}) {
    for (const Coordinate& one : coordinates()) {
      if (one.is_axis && one.is_count() == counts) axes.push_back(&one);
    }
  }
  return axes;
}

Axis pinned(const Coordinate& axis, std::string value) {
  return {std::string(axis.name),
          {{value, [&axis, value](RunOptions& options) { axis.text_of(options) = value; }}}};
}

Choice choice_of(const Coordinate& axis, const TomlValue& value) {
  if (axis.is_count()) {
    const auto count = static_cast<unsigned>(value.integer(1, axis.most));
    return {fmt::to_string(count),
            [&axis, count](RunOptions& options) { axis.count_of(options) = count; }};
  }
  const std::string text = value.text();
  if (axis.check != nullptr) value.checked([&] { axis.check(text); });
  return {text, [&axis, text](RunOptions& options) { axis.text_of(options) = text; }};
}

}  // namespace tricolour
