// TOML as a tree with line numbers. The parsing library stands behind this header, in toml.cpp
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/errors.hpp"

namespace tricolour {

/// What is wrong in a file, where: "experiment.toml:7: ...".
class FileError : public ConfigurationError {
 public:
  FileError(std::string_view file, unsigned line, std::string_view reason)
      : ConfigurationError(std::string(file) + ":" + std::to_string(line) + ": " +
                           std::string(reason)) {}
};

struct Toml {
  struct Member;
  using Array = std::vector<Toml>;
  using Table = std::vector<Member>;
  struct Date {};  ///< dates and times: known, and used nowhere

  std::variant<bool, std::int64_t, double, std::string, Array, Table, Date> value;
  unsigned line = 0;

  const Table* table() const { return std::get_if<Table>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }
  /// "a string", "an array": for messages.
  std::string_view kind() const;
};

struct Toml::Member {
  std::string key;
  Toml value;
};

/// The whole file as a table. `file` is its name in messages. Throws FileError.
Toml parse_toml(std::string_view text, std::string_view file);

}  // namespace tricolour
