// What was measured once and is remembered: one small JSON file per run that it was measured by, in
// the user's cache folder.
//
// Invariant: an answer is only of the same build and the same run. A cache that cannot be written
// costs time, nothing else.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/run/run_options.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

class RememberedFile {
 public:
  /// `what`: the first word of the file's name.
  RememberedFile(std::string_view what, const RunOptions& run);
  /// Nothing when nothing is remembered, or the file is damaged.
  std::optional<Json> read() const;
  void write(const Json& value) const;

 private:
  std::filesystem::path file_;
};

}  // namespace tricolour
