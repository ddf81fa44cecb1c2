// The one file that includes toml++.
#include "harness/text/toml.hpp"

#include <fmt/format.h>
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
      if (member.is_table() || member.is_array())
        members.back().value.line = key.source().begin.line;
    }
    std::ranges::stable_sort(members, {}, [](const auto& one) { return one.value.line; });
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

/// The library walks a key's parts by recursion, and its limit counts nested values only.
constexpr std::size_t most_key_parts = 64;

/// Throws FileError where a key has more parts than that: outside strings and comments, dots with
/// nothing but a word, a quoted word or blanks between them.
void check_keys(std::string_view text, std::string_view file) {
  unsigned line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const bool is_long = text.substr(i, 3) == std::string(3, c);
      const std::string quotes(is_long ? 3 : 1, c);
      for (i += quotes.size(); i < text.size() && text.substr(i, quotes.size()) != quotes; ++i) {
        if (c == '"' && text[i] == '\\') ++i;
        if (i < text.size() && text[i] == '\n') ++line;
        if (i < text.size() && text[i] == '\n' && !is_long) break;
      }
      if (i < text.size() && text[i] != '\n') i += quotes.size() - 1;
    } else if (c == '#') {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (c == '.') {
      if (++dots < most_key_parts) continue;
      throw FileError(file, line, fmt::format("a key has more than {} parts", most_key_parts));
    } else if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}') {
      dots = 0;
    }
  }
}

}  // namespace

std::string_view Toml::kind() const {
  constexpr std::string_view kinds[]{"true or false", "an integer", "a number", "a string",
                                     "an array",      "a table",    "a date"};
  return kinds[value.index()];
}

Toml parse_toml(std::string_view text, std::string_view file) {
  check_keys(text, file);
  try {
    return from_library(toml::parse(text, file));
  } catch (const toml::parse_error& error) {
    throw FileError(file, error.source().begin.line, error.description());
  }
}

}  // namespace tricolour
