// The states that a search has seen: a set of 64-bit fingerprints, and how each state was reached
// first.
//
// Purpose: whole states live only in the search's frontier; of the others there is the fingerprint,
// the state it was first reached from, and the number of the step. That is what a shortest
// counterexample is rebuilt from.
//
// What a collision means: two states with one fingerprint count as one, and what only the second
// leads to is not explored. Among n states the chance that any two collide is below n * n / 2^65:
// 3e-6 for ten million. It can hide a counterexample, never make one up.
//
// Ownership: one search, one thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace tricolour::exploration {

class VisitedStates {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = ~Index{0};

  VisitedStates() : table_(std::size_t{1} << 12) {}

  /// The state's index, and whether it is new.
  std::pair<Index, bool> insert(std::uint64_t fingerprint, Index parent, std::uint16_t step) {
    if (2 * origins_.size() >= table_.size()) grow();
    Entry& entry = find(fingerprint);
    if (entry.index != none) return {entry.index, false};
    entry = {fingerprint, static_cast<Index>(origins_.size())};
    origins_.push_back({parent, step});
    return {entry.index, true};
  }

  std::size_t size() const { return origins_.size(); }

  /// The numbers of the steps that lead to a state, from the initial one.
  std::vector<std::uint16_t> path_to(Index state) const {
    std::vector<std::uint16_t> steps;
    for (; origins_[state].parent != none; state = origins_[state].parent)
      steps.push_back(origins_[state].step);
    return {steps.rbegin(), steps.rend()};
  }

 private:
  struct Entry {
    std::uint64_t fingerprint = 0;
    Index index = none;
  };
  struct [[gnu::packed]] Origin {
    Index parent;
    std::uint16_t step;
  };

  Entry& find(std::uint64_t fingerprint) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = fingerprint & mask;
    while (table_[at].index != none && table_[at].fingerprint != fingerprint) at = (at + 1) & mask;
    return table_[at];
  }

  void grow() {
    std::vector<Entry> old(table_.size() * 2);
    table_.swap(old);
    for (const Entry& entry : old) {
      if (entry.index != none) find(entry.fingerprint) = entry;
    }
  }

  std::vector<Entry> table_;
  std::vector<Origin> origins_;
};

}  // namespace tricolour::exploration
