// The one file that includes nlohmann-json.
#include "harness/text/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tricolour {
namespace {

using Library = nlohmann::ordered_json;

Library to_library(const Json& json) {
  return std::visit(
      [](const auto& value) -> Library {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::same_as<T, Json::Array>) {
          Library array = Library::array();
          for (const Json& one : value) array.push_back(to_library(one));
          return array;
        } else if constexpr (std::same_as<T, Json::Object>) {
          Library object = Library::object();
          for (const auto& [name, member] : value) object[name] = to_library(member);
          return object;
        } else if constexpr (std::same_as<T, double>) {
          return std::isfinite(value) ? Library(value) : Library(nullptr);
        } else {
          return Library(value);
        }
      },
      json.value());
}

Json from_library(const Library& library) {
  switch (library.type()) {
    case Library::value_t::boolean:
      return library.get<bool>();
    case Library::value_t::number_integer:
      return library.get<std::int64_t>();
    case Library::value_t::number_unsigned:
      return library.get<std::uint64_t>();
    case Library::value_t::number_float:
      return library.get<double>();
    case Library::value_t::string:
      return library.get<std::string>();
    case Library::value_t::array: {
      Json::Array elements;
      for (const Library& one : library) elements.push_back(from_library(one));
      return elements;
    }
    case Library::value_t::object: {
      Json::Object members;
      for (const auto& [name, member] : library.items())
        members.emplace_back(name, from_library(member));
      return members;
    }
    default:
      return nullptr;
  }
}

}  // namespace

const Json& Json::operator[](std::string_view name) const {
  static const Json nothing;
  for (const auto& [key, member] : members()) {
    if (key == name) return member;
  }
  return nothing;
}

std::string Json::text_or(std::string_view fallback) const {
  const auto* const text = std::get_if<std::string>(&value_);
  return text != nullptr ? *text : std::string(fallback);
}

std::int64_t Json::integer_or(std::int64_t fallback) const {
  if (const auto* const value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* const value = std::get_if<std::uint64_t>(&value_))
    return static_cast<std::int64_t>(*value);
  return fallback;
}

double Json::number_or(double fallback) const {
  if (const auto* const value = std::get_if<double>(&value_)) return *value;
  if (std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_))
    return static_cast<double>(integer_or(0));
  return fallback;
}

const Json::Array& Json::elements() const {
  static const Array none;
  const auto* const array = std::get_if<Array>(&value_);
  return array != nullptr ? *array : none;
}

const Json::Object& Json::members() const {
  static const Object none;
  const auto* const object = std::get_if<Object>(&value_);
  return object != nullptr ? *object : none;
}

Json number(double value) {
  const bool whole = std::abs(value) < 1e15 && value == std::floor(value);
  return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

std::string to_text(const Json& json, int indent) {
  return to_library(json).dump(indent, ' ', false, Library::error_handler_t::replace);
}

Json parse_json(std::string_view text) {
  // The library reads any depth; code that walks the values, or destroys them, needs the stack for
  // it.
  constexpr int most_depth = 256;
  const auto check_depth = [](int depth, Library::parse_event_t, const Library&) {
    if (depth > most_depth)
      throw std::invalid_argument("it is nested more than " + std::to_string(most_depth) + " deep");
    return true;
  };
  try {
    return from_library(Library::parse(text, check_depth));
  } catch (const Library::exception& error) {
    const std::string said = error.what();  // begins with a tag of the library in brackets
    const std::size_t tag = said.find("] ");
    throw std::invalid_argument(tag == std::string::npos ? said : said.substr(tag + 2));
  }
}

}  // namespace tricolour
