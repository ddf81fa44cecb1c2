// What the folder of a finished run says about it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "harness/sweep/sweep_index.hpp"

namespace tricolour {

/// A run's folder is incomplete, cut off, of another schema, or not the run that stands there by
/// its place; the text says which.
class DamagedRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Which machine a run was made on; empty parts are not recorded.
struct MachineName {
  std::string host;
  std::string boot_id;
  bool known() const { return !host.empty(); }
};
/// Containers have names of their own, and a machine that was booted anew has its old one.
bool same_machine(const MachineName& one, const MachineName& other);
MachineName this_machine();

struct RecordedRun {
  std::string cell;
  unsigned block = 0;
  RunRow row;
  MachineName machine;
  std::string commit;           ///< of the program; empty: not recorded
  std::int64_t heap_bytes = 0;  ///< 0: not recorded
};

/// Reads run.json. Throws DamagedRun.
RecordedRun read_run(const std::filesystem::path& place);

/// The same of a run that is to be trusted without being run again: it must be this cell's and
/// block's, and a run with status ok must have every table whole. Throws DamagedRun.
RecordedRun read_whole_run(const std::filesystem::path& place, const std::string& cell,
                           unsigned block);

}  // namespace tricolour
