// Reading a TOML tree against a schema: every mistake is told with file and line.
//
// Ownership: values and tables point into the tree they were made from.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "harness/text/toml.hpp"

namespace tricolour {

class TomlTable;

/// A value that is there. The readers refuse a value of another kind or outside their range.
class TomlValue {
 public:
  TomlValue(std::string_view file, std::string name, const Toml& node)
      : file_(file), name_(std::move(name)), node_(&node) {}

  unsigned line() const { return node_->line; }
  bool is_text() const { return node_->text() != nullptr; }
  bool is_table() const { return node_->table() != nullptr; }
  [[noreturn]] void refuse(std::string_view reason) const {
    throw FileError(file_, node_->line, reason);
  }
  /// Refuses the value because it is of another kind than `kind`.
  [[noreturn]] void expected(std::string_view kind) const;
  /// Runs `check`; what it throws as ConfigurationError without a place is told with this value's
  /// line.
  template <std::invocable Check>
  void checked(Check check) const {
    try {
      check();
    } catch (const FileError&) {
      throw;
    } catch (const ConfigurationError& error) {
      refuse(error.what());
    }
  }

  std::string text() const;
  bool flag() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  double number(double least, double most) const;
  /// The index of one of `words`.
  std::size_t choice(const std::vector<std::string_view>& words) const;
  /// A string, number or flag, as it would be typed on the command line.
  std::string as_text() const;
  /// A value alone, or the elements of an array.
  std::vector<TomlValue> one_or_many() const;
  /// The elements of an array of tables. `what`: its name in messages.
  std::vector<TomlValue> elements(std::string_view what) const;
  /// Members of any name; a name that stands there in two spellings is refused.
  std::vector<std::pair<std::string, TomlValue>> named_texts(std::string_view what) const;
  /// Members of known names only.
  TomlTable table(std::string_view what, const std::vector<std::string_view>& known) const;

 private:
  std::string_view file_;
  std::string name_;
  const Toml* node_;
};

class TomlTable {
 public:
  /// Refuses a key that is not `known`, with those that are.
  TomlTable(std::string_view file, const Toml& node, std::string_view what,
            const std::vector<std::string_view>& known);
  std::optional<TomlValue> find(std::string_view key) const;
  TomlValue must(std::string_view key) const;

 private:
  std::string_view file_;
  const Toml* node_;
  std::string what_;
};

}  // namespace tricolour
