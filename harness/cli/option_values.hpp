// What the words of command-line options mean, and which are refused.
//
// Purpose: checks and conversions that the command-line library lacks or does wrongly.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/errors.hpp"
#include "harness/run/run_options.hpp"
#include "harness/text/names.hpp"

namespace tricolour {

/// "name=value" words into pairs; the same name twice contradicts itself.
inline NamedTexts named_values(const std::vector<std::string>& words, std::string_view flag) {
  NamedTexts pairs;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw ConfigurationError(fmt::format("{} takes name=value, not '{}'", flag, word));
    }
    const std::string name = word.substr(0, equals);
    for (const auto& [other, value] : pairs) {
      if (same_name(name, other)) {
        throw ConfigurationError(
            fmt::format("{} has '{}' twice; each name may appear once", flag, name));
      }
    }
    pairs.emplace_back(name, word.substr(equals + 1));
  }
  return pairs;
}

/// A check of an option's word, before the library converts it: the library takes -1 as the largest
/// number of its type, and a number that is too large as the largest.
template <class Number>
auto number(Number least = std::numeric_limits<Number>::lowest(),
            Number most = std::numeric_limits<Number>::max()) {
  return [least, most](const std::string& word) -> std::string {
    Number value{};
    const char* const end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, value);
    const bool read = error == std::errc{} && rest == end && value >= least && value <= most;
    if (read) return "";
    const bool bounded =
        std::is_integral_v<Number> || least != std::numeric_limits<Number>::lowest();
    const std::string bounds = bounded ? fmt::format(" from {} to {}", least, most) : "";
    return fmt::format("'{}' is not a {}number{}", word, std::is_integral_v<Number> ? "whole " : "",
                       bounds);
  };
}

/// A check of a file's name. An empty one comes from a variable that was not set, and would mean
/// "none" inside the program.
inline std::string not_empty(const std::string& word) {
  return word.empty() ? "the name is empty; it takes the name of a file or folder" : "";
}

}  // namespace tricolour
