// How many descriptors this process has open: a test that leaves one open has more than before.
#pragma once

#include <filesystem>
#include <iterator>

namespace tricolour {

/// With the one by which the folder is read.
inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

}  // namespace tricolour
