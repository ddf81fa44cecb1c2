// The requests of one mutator.
//
// Purpose: a histogram of them all, and the times of every k-th, to be written. k is a power of two and grows with the run, so that at most
// `most_rows` rows are left and the log's own page touches stay far below a percent of a request's time, at any rate.
//
// Invariant: rows are kept in segments; segment s holds every 2^s-th request of its part of the run. `for_each` thins all of them to one
// stride: a systematic sample of the whole run, not of its beginning.
//
// Ownership: the mutator's thread while it runs; anybody after it was joined.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/clock.hpp"
#include "harness/histogram.hpp"

namespace tricolour {

class RequestLog {
 public:
  /// `most_rows`: 0 keeps none.
  explicit RequestLog(std::uint64_t most_rows) : most_rows_(most_rows) {}

  void record(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    latencies_.record(static_cast<std::uint64_t>(std::max<Nanoseconds>(0, end - intended)));
    if (most_rows_ != 0 && (requests_ & (stride_ - 1)) == 0) append(intended, start, end);
    ++requests_;
  }
  const Histogram& latencies() const { return latencies_; }
  /// Of every how many requests a row was kept, over the whole run.
  std::uint64_t stride() const { return stride_; }

  /// `each(intended, start, end)` for every `stride`-th request; a multiple of `stride()`.
  template <class Each>
  void for_each(std::uint64_t stride, Each each) const {
    Nanoseconds last_end = 0;
    std::size_t position = 0;
    std::uint64_t request = 0;
    for (std::size_t s = 0; s < segment_rows_.size(); ++s) {
      const std::uint64_t step = std::uint64_t{1} << s;
      request = (request + step - 1) / step * step;
      for (std::uint64_t row = 0; row < segment_rows_[s]; ++row, request += step) {
        Nanoseconds intended = 0;
        const Nanoseconds start = read(position, last_end, intended);
        if (request % stride == 0) each(intended, start, last_end);
      }
    }
  }

 private:
  /// Before a row that does not fit two words: six words follow.
  static constexpr std::uint32_t in_full = ~std::uint32_t{0};
  static constexpr std::size_t chunk_words = std::size_t{1} << 16;

  void append(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    const Nanoseconds gap = start - last_end_;
    const Nanoseconds length = end - start;
    if (intended == start && gap >= 0 && gap < in_full && length >= 0 && length <= in_full) {
      push(static_cast<std::uint32_t>(gap));
      push(static_cast<std::uint32_t>(length));
    } else {
      push(in_full);
      for (const Nanoseconds time : {intended, start, end}) {
        push(static_cast<std::uint32_t>(static_cast<std::uint64_t>(time) >> 32));
        push(static_cast<std::uint32_t>(time));
      }
    }
    last_end_ = end;
    ++segment_rows_.back();
    // After `most_rows` requests' worth at this stride, twice the stride leaves at most that many again.
    if (requests_ / stride_ + 1 >= most_rows_) {
      stride_ *= 2;
      segment_rows_.push_back(0);
    }
  }
  /// Returns the start.
  Nanoseconds read(std::size_t& position, Nanoseconds& last_end, Nanoseconds& intended) const {
    const std::uint32_t gap = word(position++);
    if (gap == in_full) {
      intended = long_word(position);
      const Nanoseconds start = long_word(position + 2);
      last_end = long_word(position + 4);
      position += 6;
      return start;
    }
    const Nanoseconds start = intended = last_end + gap;
    last_end = start + word(position++);
    return start;
  }
  void push(std::uint32_t value) {
    if (words_ % chunk_words == 0) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    (*chunks_.back())[words_++ % chunk_words] = value;
  }
  std::uint32_t word(std::size_t position) const { return (*chunks_[position / chunk_words])[position % chunk_words]; }
  Nanoseconds long_word(std::size_t position) const {
    return static_cast<Nanoseconds>(std::uint64_t{word(position)} << 32 | word(position + 1));
  }

  using Chunk = std::array<std::uint32_t, chunk_words>;
  const std::uint64_t most_rows_;
  Histogram latencies_;
  std::uint64_t requests_ = 0;
  std::uint64_t stride_ = 1;
  std::vector<std::uint64_t> segment_rows_{0};
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t words_ = 0;
  Nanoseconds last_end_ = 0;
};

}  // namespace tricolour
