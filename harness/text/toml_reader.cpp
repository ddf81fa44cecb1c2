#include "harness/text/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/text/names.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {

void TomlValue::expected(std::string_view kind) const {
  refuse(fmt::format("{} is {}; it takes {}", name_, node_->kind(), kind));
}

std::string TomlValue::text() const {
  if (node_->text() == nullptr) expected("a string");
  return *node_->text();
}

bool TomlValue::flag() const {
  const bool* const value = std::get_if<bool>(&node_->value);
  if (value == nullptr) expected("true or false");
  return *value;
}

std::int64_t TomlValue::integer(std::int64_t least, std::int64_t most) const {
  const auto* const value = std::get_if<std::int64_t>(&node_->value);
  if (value == nullptr) expected("an integer");
  if (*value < least || *value > most)
    refuse(fmt::format("{} = {} is outside {} to {}", name_, *value, least, most));
  return *value;
}

double TomlValue::number(double least, double most) const {
  const auto* const whole = std::get_if<std::int64_t>(&node_->value);
  const auto* const real = std::get_if<double>(&node_->value);
  if (whole == nullptr && real == nullptr) expected("a number");
  const double value = whole != nullptr ? static_cast<double>(*whole) : *real;
  if (!std::isfinite(value) || value < least || value > most)
    refuse(fmt::format("{} = {} is outside {} to {}", name_, value, least, most));
  return value;
}

std::size_t TomlValue::choice(const std::vector<std::string_view>& words) const {
  const std::string word = text();
  const auto found =
      std::ranges::find_if(words, [&](std::string_view one) { return same_name(one, word); });
  if (found == words.end()) refuse(unknown_name(name_, word, words));
  return static_cast<std::size_t>(found - words.begin());
}

std::string TomlValue::as_text() const {
  if (const std::string* const word = node_->text()) return *word;
  if (const bool* const value = std::get_if<bool>(&node_->value)) return *value ? "true" : "false";
  if (const auto* const value = std::get_if<std::int64_t>(&node_->value))
    return fmt::to_string(*value);
  if (const auto* const value = std::get_if<double>(&node_->value)) return show_number(*value);
  expected("a string, a number, or true or false");
}

std::vector<TomlValue> TomlValue::one_or_many() const {
  if (node_->array() == nullptr) return {*this};
  std::vector<TomlValue> values;
  for (const Toml& one : *node_->array()) values.emplace_back(file_, name_, one);
  return values;
}

std::vector<TomlValue> TomlValue::elements(std::string_view what) const {
  const auto* const array = node_->array();
  if (array == nullptr) refuse(fmt::format("{} is an array of tables: write {}", name_, what));
  return one_or_many();
}

std::vector<std::pair<std::string, TomlValue>> TomlValue::named_texts(std::string_view what) const {
  if (node_->table() == nullptr) expected("a table");
  std::vector<std::pair<std::string, TomlValue>> values;
  for (const auto& [key, member] : *node_->table()) {
    TomlValue value(file_, fmt::format("{} in {}", key, what), member);
    if (std::ranges::any_of(values,
                            [&](const auto& other) { return same_name(other.first, key); })) {
      value.refuse(fmt::format("{} has '{}' twice; each name may appear once", what, key));
    }
    values.emplace_back(key, std::move(value));
  }
  return values;
}

TomlTable TomlValue::table(std::string_view what,
                           const std::vector<std::string_view>& known) const {
  if (node_->table() == nullptr) expected("a table");
  return {file_, *node_, what, known};
}

TomlTable::TomlTable(std::string_view file, const Toml& node, std::string_view what,
                     const std::vector<std::string_view>& known)
    : file_(file), node_(&node), what_(what) {
  for (const auto& [key, member] : *node.table()) {
    if (std::ranges::find(known, std::string_view(key)) == known.end()) {
      throw FileError(file, member.line, unknown_name(fmt::format("key of {}", what), key, known));
    }
  }
}

std::optional<TomlValue> TomlTable::find(std::string_view key) const {
  for (const auto& [name, member] : *node_->table()) {
    if (name == key) return TomlValue(file_, name, member);
  }
  return std::nullopt;
}

TomlValue TomlTable::must(std::string_view key) const {
  if (auto value = find(key)) return *std::move(value);
  throw FileError(file_, std::max(1U, node_->line), fmt::format("{} has no '{}'", what_, key));
}

}  // namespace tricolour
