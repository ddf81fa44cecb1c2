// The one file that includes toml++.
#include "harness/toml.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace tricolour {
namespace {

Toml from_library(const toml::node& node) {
  Toml result;
  result.line = node.source().begin.line;
  if (const auto* const table = node.as_table()) {
    Toml::Table members;
    for (const auto& [key, member] : *table) {
      members.emplace_back(std::string(key.str()), from_library(member));
      if (member.is_table() || member.is_array()) members.back().second.line = key.source().begin.line;
    }
    std::ranges::stable_sort(members, {}, [](const auto& one) { return one.second.line; });
    result.value = std::move(members);
  } else if (const auto* const array = node.as_array()) {
    Toml::Array elements;
    for (const toml::node& one : *array) elements.push_back(from_library(one));
    result.value = std::move(elements);
  } else if (const auto flag = node.as_boolean()) {
    result.value = flag->get();
  } else if (const auto integer = node.as_integer()) {
    result.value = integer->get();
  } else if (const auto number = node.as_floating_point()) {
    result.value = number->get();
  } else if (const auto text = node.as_string()) {
    result.value = text->get();
  } else {
    result.value = Toml::Date{};
  }
  return result;
}

}  // namespace

std::string_view Toml::kind() const {
  constexpr std::string_view kinds[]{"true or false", "an integer", "a number", "a string", "an array", "a table", "a date"};
  return kinds[value.index()];
}

Toml parse_toml(std::string_view text, std::string_view file) {
  try {
    return from_library(toml::parse(text, file));
  } catch (const toml::parse_error& error) {
    throw FileError(file, error.source().begin.line, error.description());
  }
}

}  // namespace tricolour
