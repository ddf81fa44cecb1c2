// JSON as values. The parsing library stands behind this header, in json.cpp alone.
//
// Invariant: a number that is not finite becomes null, so that every text written here is JSON.
// Members keep their order.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tricolour {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                             Array, Object>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  template <std::signed_integral T>
  Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Json(T value) : value_(static_cast<std::uint64_t>(value)) {}
  Json(double value) : value_(value) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(Array elements) : value_(std::move(elements)) {}
  Json(Object members) : value_(std::move(members)) {}

  const Value& value() const { return value_; }
  /// A member of an object; null when there is none, or this is no object.
  const Json& operator[](std::string_view name) const;
  /// These give the fallback when the value is of another kind.
  std::string text_or(std::string_view fallback) const;
  std::int64_t integer_or(std::int64_t fallback) const;
  double number_or(double fallback) const;
  const Array& elements() const;
  const Object& members() const;
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

 private:
  Value value_;
};

/// A whole number as an integer.
Json number(double value);

/// `indent`: spaces per level; negative: all on one line. Text that is not UTF-8 gets replacement
/// characters.
std::string to_text(const Json& json, int indent = -1);
/// Null, or an object, an array ...; throws std::invalid_argument when `text` is not JSON.
Json parse_json(std::string_view text);

}  // namespace tricolour
