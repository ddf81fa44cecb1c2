#include "harness/text/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/errors.hpp"

namespace tricolour {
namespace {

std::string folded(std::string_view name) {
  std::string plain(name);
  for (char& letter : plain) {
    if (letter == '-') letter = '_';
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return plain;
}

/// How many letters to insert, remove, replace, or exchange with the next one.
std::size_t letters_apart(std::string_view one, std::string_view other) {
  std::vector<std::size_t> last_but_one, last, row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    last_but_one = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const bool same = one[i - 1] == other[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
        row[j] = std::min(row[j], last_but_one[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view name,
                                        const std::vector<std::string_view>& existing) {
  const std::string wanted = folded(name);
  std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  std::vector<std::string_view> near, longer;
  for (const std::string_view one : existing) {
    const std::string there = folded(one);
    const std::size_t apart = letters_apart(wanted, there);
    if (apart < least) near.clear();
    least = std::min(least, apart);
    if (apart == least && apart < there.size()) near.push_back(one);
    if (wanted.size() > 1 && there.starts_with(wanted)) longer.push_back(one);
  }
  const std::vector<std::string_view>& found = near.empty() ? longer : near;
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string_view>& existing) {
  const auto slip = nearest(name, existing);
  std::string text = fmt::format("no {} is called '{}'; {}here ", kind, name,
                                 slip ? fmt::format("did you mean '{}'? T", *slip) : "t");
  if (existing.empty()) return text + "are none";
  text += existing.size() == 1 ? "is only " : "are ";
  return text + joined({existing.begin(), existing.end()}, ", ");
}

std::size_t choose(std::string_view kind, std::string_view name,
                   const std::vector<std::string_view>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (same_name(words[i], name)) return i;
  }
  throw ConfigurationError(unknown_name(kind, name, words));
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += separator;
    text += name;
  }
  return text;
}

std::string shell_quoted(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=:,+%@").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace tricolour
