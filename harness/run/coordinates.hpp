// The coordinates of a run: what distinguishes one cell of an experiment from another, each named
// once.
//
// Purpose: flags of the command line, keys and axes of experiments, arguments of a repeat and the
// parameters of a cell are made from this table. A coordinate that is added here is all of them.
//
// Invariant: the order is that of a cell's parameters, and so of its hash.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/run/run_options.hpp"

namespace tricolour {

struct Coordinate {
  std::string_view name;  ///< in files: mark_threads; its flag is --mark-threads
  std::variant<std::string RunOptions::*, unsigned RunOptions::*> field;
  std::string help;
  bool always = false;  ///< stands in every command that repeats a run
  bool in_cell =
      true;  ///< stands in every cell's parameters, else only where it is not the default
  bool is_axis = true;  ///< an experiment's matrix may vary it by a plain value
  unsigned most = 0;    ///< of a count
  void (*check)(std::string_view name) = nullptr;  ///< throws ConfigurationError with what there is

  bool is_count() const { return std::holds_alternative<unsigned RunOptions::*>(field); }
  std::string flag() const;
  std::string text_in(const RunOptions& options) const;
  bool is_default(const RunOptions& options) const;
  void copy(const RunOptions& from, RunOptions& to) const {
    std::visit([&](auto member) { to.*member = from.*member; }, field);
  }
  std::string& text_of(RunOptions& options) const {
    return options.*std::get<std::string RunOptions::*>(field);
  }
  unsigned& count_of(RunOptions& options) const {
    return options.*std::get<unsigned RunOptions::*>(field);
  }
};

std::span<const Coordinate> coordinates();
/// Null where there is none of that name.
const Coordinate* find_coordinate(std::string_view name);

}  // namespace tricolour
