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

#include "harness/experiment.hpp"

namespace tricolour {

struct RunRow {
  std::string status;
  int exit_code = 0;
};

class SweepIndex {
 public:
  /// A new index, or the one in `folder` when `resumes`. Throws OutputError or ConfigurationError.
  SweepIndex(std::filesystem::path folder, const Experiment& experiment, bool resumes);

  bool has(const std::string& cell, unsigned block) const { return rows_.contains({cell, block}); }
  void add(const std::string& cell, unsigned block, RunRow row);
  std::uint64_t count() const { return rows_.size(); }
  /// Runs by status.
  std::map<std::string, std::uint64_t> statuses() const;
  bool violated() const;

  /// Where the files of a run stand, below the sweep's folder.
  static std::filesystem::path run_path(const std::string& cell, unsigned block);

 private:
  void read();
  void write() const;

  std::filesystem::path folder_;
  const Experiment& experiment_;
  std::string created_;
  std::map<std::pair<std::string, unsigned>, RunRow> rows_;
};

}  // namespace tricolour
