// `merge`: the shards of one sweep become one folder.
#pragma once

#include <filesystem>
#include <vector>

namespace tricolour {

/// Shards of one sweep into one folder.
struct MergeCommand {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path out;
};

/// Returns the process's exit code. Throws ConfigurationError and OutputError.
int carry_out(const MergeCommand& command);

}  // namespace tricolour
