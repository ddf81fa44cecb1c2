// `upgrade`: result folders of an earlier version are rewritten to this one.
#pragma once

#include <filesystem>
#include <vector>

namespace tricolour {

struct UpgradeCommand {
  std::vector<std::filesystem::path> folders;  ///< of sweeps, of single runs, or published
};

/// Returns the process's exit code. Throws ConfigurationError and OutputError.
int carry_out(const UpgradeCommand& command);

}  // namespace tricolour
