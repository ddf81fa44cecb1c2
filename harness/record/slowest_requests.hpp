// The slowest requests of a mutator.
//
// Purpose: whatever else is kept of many requests, the longest have their own rows. A list that is
// cut back to its slowest half when it is full, with a threshold that rises: a request costs a
// comparison, or a store and its share of a partial sort.
//
// Invariant: the `least_kept` greatest of all that were offered are there, or all of them, and each
// from `always_from` on.
//
// Ownership: the mutator's thread while it runs; any thread after it was joined.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

struct RequestRow {
  std::uint64_t number;  ///< 0, 1, 2 ... of the mutator
  Nanoseconds intended_ns;
  Nanoseconds start_ns;
  Nanoseconds end_ns;
  Nanoseconds free_ns;  ///< since when the mutator had nothing else to do: intended, or the end of
                        ///< a long request before

  Nanoseconds latency_ns() const { return end_ns - intended_ns; }
  /// Without the wait behind other requests.
  Nanoseconds gap_ns() const { return end_ns - free_ns; }
};

/// `length`: what makes one slow.
template <Nanoseconds (RequestRow::*length)() const>
class SlowestRequests {
 public:
  SlowestRequests(std::size_t least_kept, Nanoseconds always_from)
      : least_kept_(least_kept), always_from_(always_from), cut_at_(2 * least_kept) {
    rows_.reserve(cut_at_);
  }

  void offer(const RequestRow& row) {
    if ((row.*length)() < threshold_) {
      dropped_ = row;
      return;
    }
    rows_.push_back(row);
    if (rows_.size() >= cut_at_) cut();
  }
  /// In no order.
  const std::vector<RequestRow>& rows() const { return rows_; }
  /// One that was offered and is not among them, if there is any.
  const std::optional<RequestRow>& dropped() const { return dropped_; }

 private:
  void cut() {
    const auto always = std::ranges::count_if(
        rows_, [&](const RequestRow& one) { return (one.*length)() >= always_from_; });
    const std::size_t kept = std::max(least_kept_, static_cast<std::size_t>(always));
    cut_at_ = 2 * kept;
    if (kept >= rows_.size()) return;
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(kept - 1);
    std::ranges::nth_element(rows_, last, std::greater{},
                             [&](const RequestRow& one) { return (one.*length)(); });
    threshold_ = std::min(((*last).*length)(), always_from_);
    dropped_ = rows_.back();
    rows_.resize(kept);
  }

  const std::size_t least_kept_;
  const Nanoseconds always_from_;
  std::size_t cut_at_;
  Nanoseconds threshold_ = 0;
  std::vector<RequestRow> rows_;
  std::optional<RequestRow> dropped_;
};

}  // namespace tricolour
