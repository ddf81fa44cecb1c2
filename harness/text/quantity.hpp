// Numbers with units, as they are typed and as they are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/observe/clock.hpp"

namespace tricolour {

/// "262144", "256K", "256M", "1.5GiB": powers of 1024; bytes. Throws ConfigurationError, naming
/// `what`.
std::size_t parse_bytes(std::string_view text, std::string_view what);

/// A plain finite number. Throws ConfigurationError, naming `what`.
double parse_number(std::string_view text, std::string_view what);

/// "200ms", "10s", "0.5": a number with its unit, or of seconds; nanoseconds. Throws
/// ConfigurationError, naming `what`.
double parse_duration(std::string_view text, std::string_view what);

/// A heap is given in bytes, or as a multiple of the workload's minimum heap ("2x").
struct HeapMultiple {
  double factor;
};
using HeapSize = std::variant<std::size_t, HeapMultiple>;
/// Throws ConfigurationError.
HeapSize parse_heap_size(std::string_view text);

/// "34 MiB", "512 KiB", "80 B": three significant digits.
std::string show_bytes(double bytes);
/// "1.23 ms", "950 ns": three significant digits.
std::string show_duration(double ns);
/// "1.23 M", "950": three significant digits, powers of 1000.
std::string show_count(double count);
/// The shortest text that reads back as `value`.
std::string show_number(double value);

}  // namespace tricolour
