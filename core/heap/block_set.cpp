#include "core/heap/block_set.hpp"

#include <algorithm>

namespace tricolour {

std::optional<std::size_t> BlockSet::find_run(std::size_t end, std::size_t count) const {
  std::size_t run = 0;  // members from `at` upwards
  std::size_t at = end;
  while (at > 0) {
    const std::size_t word = (at - 1) / 64;
    const std::size_t below = at - word * 64;  // 1 to 64: bits of the word that are below `at`
    // Relaxed: a filter; the caller takes the members one by one. The bit just below `at` comes
    // first.
    const std::uint64_t bits = words_[word].load(std::memory_order_relaxed) << (64 - below);
    const auto ones = std::min<std::size_t>(static_cast<std::size_t>(std::countl_one(bits)), below);
    run += ones;
    at -= ones;
    if (run >= count) return at + run - count;
    if (ones == below) continue;
    run = 0;
    const std::uint64_t rest = bits << ones;
    at -= std::min<std::size_t>(static_cast<std::size_t>(std::countl_zero(rest)), below - ones);
  }
  return std::nullopt;
}

std::optional<std::size_t> BlockSet::take_run(std::size_t count) {
  std::size_t end = word_count_ * 64;
  while (const auto first = find_run(end, count)) {
    std::size_t taken = 0;
    while (taken < count && remove(*first + taken)) ++taken;
    if (taken == count) return first;
    // Another thread was faster: what was taken goes back, and the search goes on, from the top
    // because that one may give up too.
    for (std::size_t i = 0; i < taken; ++i) insert(*first + i);
    end = word_count_ * 64;
  }
  return std::nullopt;
}

}  // namespace tricolour
