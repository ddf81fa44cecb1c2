// The index of a sweep's folder: which runs there are, and what became of each.
//
// Purpose: the one file that says how far a sweep has come. Invariant: it is replaced in one step;
// a run is in it only when its folder is complete, or will never be. It is written a second after
// the last time at the earliest, and later where writing takes long, so that a sweep of many short
// runs does not write its square. What a killed sweep had not written is found again: every run has
// a folder.
//
// Ownership: one process at a time, which holds the folder's lock.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "harness/record/bystander.hpp"
#include "harness/sweep/experiment.hpp"
#include "harness/sweep/shard.hpp"

namespace tricolour {

struct RunRow {
  std::string status;
  int exit_code = 0;
  unsigned attempts = 1;  ///< that ended in this way, one after the other
  bool failed() const { return exit_code != 0; }
};

/// A run that failed so often in the same way is given up.
inline constexpr unsigned most_attempts = 3;

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
  /// Writes what is not written yet; what fails then is lost.
  ~SweepIndex();
  SweepIndex(const SweepIndex&) = delete;
  SweepIndex& operator=(const SweepIndex&) = delete;

  /// Null where there is none.
  const RunRow* find(const std::string& cell, unsigned block) const;
  void add(const std::string& cell, unsigned block, RunRow row);
  /// Writes what is not written yet. Throws OutputError.
  void flush();
  /// As if no run of the block had been.
  void forget(unsigned block);
  const MachineFloor& floor() const { return contents_.floor; }
  void set_floor(const MachineFloor& floor);
  std::uint64_t count() const { return contents_.rows.size(); }
  /// Runs by status.
  std::map<std::string, std::uint64_t> statuses() const;
  bool violated() const;
  std::uint64_t failed() const;

  /// Where the files of a run stand, below the sweep's folder.
  static std::filesystem::path run_path(const std::string& cell, unsigned block);

 private:
  void write();

  const std::filesystem::path folder_;
  const Experiment& experiment_;
  IndexContents contents_;
  bool changed_ = false;  ///< since it was written
  Nanoseconds write_again_at_ns_ = 0;
};

}  // namespace tricolour
