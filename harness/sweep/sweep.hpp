// A sweep: every run of an experiment, each in a process of its own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace tricolour {

struct SweepCommand {
  std::filesystem::path experiment;
  std::filesystem::path out;         ///< empty: results/local/<name>-<UTC>
  std::optional<std::string> shard;  ///< k/n as typed; nothing: the whole sweep
  bool resume = false;
  bool retry_failed = false;
  bool dry_run = false;
  bool quiet = false;
  std::optional<double> timeout_s;
};

/// Returns the process's exit code. Throws ConfigurationError and OutputError.
int carry_out(const SweepCommand& command);

}  // namespace tricolour
