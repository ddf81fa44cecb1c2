#include "harness/text/names.hpp"

#include "core/errors.hpp"

namespace tricolour {

std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string_view>& existing) {
  std::string text = "no " + std::string(kind) + " is called '" + std::string(name) + "'; there ";
  if (existing.empty()) return text + "are none";
  text += existing.size() == 1 ? "is only " : "are ";
  for (std::size_t i = 0; i < existing.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(existing[i]);
  return text;
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
