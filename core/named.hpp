// What is listed by name: collectors, markers, barriers. '-' and '_' are the same.
#pragma once

#include <algorithm>
#include <ranges>
#include <string_view>

namespace tricolour {

inline bool same_name(std::string_view one, std::string_view other) {
  const auto plain = [](char letter) { return letter == '-' ? '_' : letter; };
  return std::ranges::equal(one, other, {}, plain, plain);
}

/// The one of `all` that others are measured against: that is declared `reference`.
template <std::ranges::range All>
constexpr const auto& reference_of(const All& all) {
  return *std::ranges::find_if(all, [](const auto& one) { return one.reference; });
}

/// The one of `all`, of descriptions with a name; null when there is none of that name.
template <std::ranges::range All>
const std::ranges::range_value_t<All>* find_named(const All& all, std::string_view name) {
  const auto found =
      std::ranges::find_if(all, [name](const auto& one) { return same_name(one.name, name); });
  return found == std::ranges::end(all) ? nullptr : &*found;
}

}  // namespace tricolour
