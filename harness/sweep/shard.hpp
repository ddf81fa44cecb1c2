// One part of a sweep that runs on several machines.
//
// Purpose: says which blocks a part has. Invariant: a part has whole blocks, so that cells that are
// compared with each other, which is block by block, ran on one machine; the parts of one count
// have every block once.
#pragma once

#include <string>
#include <string_view>

namespace tricolour {

struct Shard {
  unsigned number = 1;  ///< 1 to count
  unsigned count = 1;   ///< 1: the whole sweep

  bool operator==(const Shard&) const = default;
  bool is_whole() const { return count == 1; }
  bool has(unsigned block) const { return block % count == number - 1; }
  /// As it is typed: k/n.
  std::string text() const;
};

/// Reads k/n, for a sweep of so many invocations. Throws ConfigurationError.
Shard parse_shard(std::string_view text, unsigned invocations);

}  // namespace tricolour
