// The switch of a mutated copy: which mutant is on. Included before everything else in every source
// of that copy, and nowhere else.
//
// Purpose: one build holds every mutant. Invariant: without TRICOLOUR_MUTANT all are off, and in
// constant evaluation none ever is. Ownership: `chosen` is set before main and then only read.
// `cycle` is set where a cycle begins, with all mutators stopped, and is a hint elsewhere.
//
// Memory ordering: relaxed; neither publishes anything.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <type_traits>
#include <utility>

namespace tricolour::mutation {

inline unsigned number_from_environment() {
  const char* const text = std::getenv("TRICOLOUR_MUTANT");
  return text == nullptr ? 0 : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}
inline const unsigned chosen = number_from_environment();
inline std::atomic<std::uint64_t> cycle{0};

constexpr bool active(unsigned number) { return !std::is_constant_evaluated() && chosen == number; }
/// From a heap's second cycle on.
constexpr bool active_later(unsigned number) {
  return active(number) && cycle.load(std::memory_order_relaxed) >= 2;
}
/// Called where a heap counts its cycles.
inline void cycle_begins(std::uint64_t number) { cycle.store(number, std::memory_order_relaxed); }

/// Between two swapped publications, now and then: long enough for another thread to see one
/// without the other.
inline void linger() {
  constexpr unsigned one_in = 64;
  thread_local unsigned passes = 0;
  if (++passes % one_in != 0) return;
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// A range, without its last element where `is_short`.
template <class Range>
struct Shortened {
  Range range;
  bool is_short;

  constexpr auto begin() { return std::begin(range); }
  constexpr auto end() {
    auto end = std::end(range);
    if (is_short && begin() != end) --end;
    return end;
  }
};
template <class Range>
constexpr Shortened<Range> shortened(bool is_short, Range&& range) {
  return {std::forward<Range>(range), is_short};
}

}  // namespace tricolour::mutation
