#include "harness/text/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "core/errors.hpp"

namespace tricolour {
namespace {

/// Each is 1000 of the one before.
constexpr std::array<std::string_view, 4> duration_units{"ns", "us", "ms", "s"};
constexpr double most_bytes = 64.0 * 1024 * 1024 * 1024 * 1024;

/// The number at the front of `text`, which keeps the rest; nothing when there is none.
std::optional<double> take_number(std::string_view& text, std::chars_format format) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> unit_bytes(std::string_view unit) {
  if (unit.empty() || unit == "B") return 1.0;
  constexpr std::string_view prefixes = "KMGT";
  const char first = unit.front() == 'k'   ? 'K'
                     : unit.front() == 'm' ? 'M'
                     : unit.front() == 'g' ? 'G'
                                           : unit.front();
  const std::size_t power = prefixes.find(first);
  const std::string_view rest = unit.substr(1);
  if (power == std::string_view::npos ||
      (!rest.empty() && rest != "iB" && rest != "i" && rest != "B"))
    return std::nullopt;
  return std::pow(1024.0, static_cast<double>(power + 1));
}

std::string with_unit(double value, double step, std::span<const std::string_view> units) {
  std::size_t unit = 0;
  while (unit + 1 < units.size() && std::abs(value) >= step * 0.9995) {
    value /= step;
    ++unit;
  }
  const bool whole = unit == 0 && value == std::floor(value);
  const int decimals = whole || std::abs(value) >= 99.95 ? 0 : std::abs(value) >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}{}{}", value, decimals, units[unit].empty() ? "" : " ", units[unit]);
}

}  // namespace

std::size_t parse_bytes(std::string_view text, std::string_view what) {
  std::string_view rest = text;
  const auto number = take_number(rest, std::chars_format::fixed);
  const auto unit = number ? unit_bytes(rest) : std::nullopt;
  if (!unit || *number < 0) {
    throw ConfigurationError(fmt::format(
        "{}: '{}' is not a size; write bytes, or a number with K, M, G or KiB, MiB, GiB", what,
        text));
  }
  const double bytes = *number * *unit;
  if (bytes > most_bytes)
    throw ConfigurationError(fmt::format("{}: '{}' is more than 64 TiB", what, text));
  return static_cast<std::size_t>(std::llround(bytes));
}

double parse_number(std::string_view text, std::string_view what) {
  std::string_view rest = text;
  const auto number = take_number(rest, std::chars_format::general);
  if (!number || !rest.empty())
    throw ConfigurationError(fmt::format("{}: '{}' is not a number", what, text));
  return *number;
}

double parse_duration(std::string_view text, std::string_view what) {
  std::string_view rest = text;
  const auto number = take_number(rest, std::chars_format::fixed);
  const std::string_view named = rest.empty() ? duration_units.back() : rest;
  const auto unit = std::ranges::find(duration_units, named);
  if (!number || *number < 0 || unit == duration_units.end()) {
    throw ConfigurationError(fmt::format(
        "{}: '{}' is not a duration; write seconds, or a number with ns, us, ms or s", what, text));
  }
  return *number * std::pow(1000.0, static_cast<double>(unit - duration_units.begin()));
}

HeapSize parse_heap_size(std::string_view text) {
  if (text.ends_with('x')) {
    const double factor = parse_number(text.substr(0, text.size() - 1), "heap");
    if (factor < 1 || factor > 1000) {
      throw ConfigurationError(
          fmt::format("heap: '{}' is not a multiple from 1x to 1000x of the minimum heap", text));
    }
    return HeapMultiple{factor};
  }
  const std::size_t bytes = parse_bytes(text, "heap");
  if (bytes == 0) throw ConfigurationError("heap: a heap of 0 bytes holds nothing");
  return bytes;
}

std::string show_bytes(double bytes) {
  static constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  return with_unit(bytes, 1024, units);
}
std::string show_duration(double ns) { return with_unit(ns, 1000, duration_units); }
std::string show_count(double count) {
  static constexpr std::array<std::string_view, 5> units{"", "k", "M", "G", "T"};
  return with_unit(count, 1000, units);
}
std::string show_number(double value) { return fmt::format("{}", value); }

}  // namespace tricolour
