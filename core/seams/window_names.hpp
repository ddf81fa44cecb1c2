// The names of schedule windows: each is its enumerator's, as the compiler spells it.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "core/seams/schedule_window.hpp"

namespace tricolour {
namespace window_names {

/// GCC and Clang both write "...Window::NAME" and then ';' or ']'.
template <Window window>
constexpr std::string_view name() {
  constexpr std::string_view function = __PRETTY_FUNCTION__;
  constexpr std::string_view scope = "Window::";
  constexpr std::size_t begin = function.find(scope) + scope.size();
  return function.substr(begin, function.find_first_of(";]", begin) - begin);
}

template <std::size_t... numbers>
constexpr auto all(std::index_sequence<numbers...>) {
  return std::array{name<static_cast<Window>(numbers)>()...};
}

}  // namespace window_names

constexpr std::string_view to_string(Window window) {
  constexpr auto names = window_names::all(std::make_index_sequence<window_count>());
  return names[static_cast<std::size_t>(window)];
}

}  // namespace tricolour
