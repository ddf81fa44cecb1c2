// An experiment: which cells, how often, how long.
//
// Purpose: the experiment file, read, checked and multiplied out, before anything runs. Invariant:
// every cell of an Experiment has a plan that `plan_run` accepts, no two cells are the same, and
// the baseline of every comparison is among them.
//
// The file's keys are described by `tricolour sweep --help`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/run_options.hpp"

namespace tricolour {

enum class CellOrder : std::uint8_t { randomised_blocks, as_written };

struct Experiment {
  std::string name;
  std::vector<RunOptions> cells;
  /// What the baseline of a cell has in the place of the cell's own: matrix key to value, collector
  /// and barrier among them.
  NamedTexts baseline;
  unsigned invocations = 20;
  std::uint64_t seed = 42;
  double timeout_s = 120;
  CellOrder order = CellOrder::randomised_blocks;
};

/// Throws FileError; `file` is the name in messages.
Experiment read_experiment(std::string_view text, std::string_view file);

/// The order of the cells in one block: a permutation of 0 .. cells - 1, the same for the same
/// seed.
std::vector<std::size_t> block_order(const Experiment& experiment, unsigned block);

}  // namespace tricolour
