// Words of the command line that no command takes: what is said of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"
#include "harness/text/names.hpp"

namespace tricolour {

using Words = std::vector<std::string>;

inline bool is_flag(std::string_view word) { return word.starts_with('-'); }
/// Without the value of --flag=value.
inline std::string flag_of(std::string_view word) {
  return std::string(word.substr(0, word.find('=')));
}
inline std::string unknown_flag(std::string_view word, const Words& flags) {
  return unknown_name("flag", flag_of(word), {flags.begin(), flags.end()});
}

/// `extras`: arguments that a command with these flags does not take. Names the first flag among
/// them, else the first of them.
inline std::string refused_words(const Words& extras, const Words& flags) {
  const auto flag = std::ranges::find_if(extras, is_flag);
  if (flag != extras.end()) return unknown_flag(*flag, flags);
  return extras.empty() ? "too many arguments"
                        : fmt::format("'{}' is one argument too many", extras.front());
}

/// Throws ConfigurationError unless `first` is a command or a flag.
inline void check_first_word(const std::string& first, const Words& commands, const Words& flags) {
  const auto is_among = [](const Words& all, const std::string& word) {
    return std::ranges::find(all, word) != all.end();
  };
  if (first.starts_with("--")) {
    if (!is_among(flags, flag_of(first)))
      throw ConfigurationError(unknown_flag(first, flags) + "; see `tricolour --help`");
  } else if (!is_flag(first) && !is_among(commands, first)) {
    throw ConfigurationError(unknown_name("command", first, {commands.begin(), commands.end()}));
  }
}

}  // namespace tricolour
