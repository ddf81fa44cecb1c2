// The index of a sweep's folder: which runs there are, and what became of each.
//
// Purpose: the one file that says how far a sweep has come. Invariant: it is replaced in one step after every run, so that a sweep killed
// at any moment has lost at most the run that was under way; a run is in it only when its folder is complete, or will never be.
//
// Ownership: one process at a time, which holds the folder's lock.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "harness/bystander.hpp"
#include "harness/experiment.hpp"
#include "harness/shard.hpp"

namespace tricolour {

struct RunRow {
  std::string status;
  int exit_code = 0;
};

/// Runs by cell and block.
using RunRows = std::map<std::pair<std::string, unsigned>, RunRow>;

/// What an index says beside what its experiment does.
struct IndexContents {
  std::string created;  ///< ISO 8601, UTC
  Shard shard;
  RunRows rows;
  MachineFloor floor;
};

/// The index in a sweep's folder. Throws OutputError or ConfigurationError.
IndexContents read_index(const std::filesystem::path& folder);

class SweepIndex {
 public:
  /// Writes `contents` into `folder`. Throws OutputError.
  SweepIndex(std::filesystem::path folder, const Experiment& experiment, IndexContents contents);

  bool has(const std::string& cell, unsigned block) const { return contents_.rows.contains({cell, block}); }
  void add(const std::string& cell, unsigned block, RunRow row);
  /// As if no run of the block had been.
  void forget(unsigned block);
  const MachineFloor& floor() const { return contents_.floor; }
  void set_floor(const MachineFloor& floor);
  std::uint64_t count() const { return contents_.rows.size(); }
  /// Runs by status.
  std::map<std::string, std::uint64_t> statuses() const;
  bool violated() const;

  /// Where the files of a run stand, below the sweep's folder.
  static std::filesystem::path run_path(const std::string& cell, unsigned block);

 private:
  void write() const;

  std::filesystem::path folder_;
  const Experiment& experiment_;
  IndexContents contents_;
};

}  // namespace tricolour
