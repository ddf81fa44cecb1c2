// The requests of one mutator.
//
// Purpose: a histogram of them all, and the times of every k-th, to be written. k is a power of two and grows with the run, so that at most
// `most_rows` rows are left and the log's own page touches stay far below a percent of a request's time, at any rate. A request may take a
// tenth of a microsecond: a short one without a row is one count in a table, and `latencies` makes a histogram of that.
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
  explicit RequestLog(std::uint64_t most_rows) : most_rows_(most_rows), until_row_(most_rows == 0 ? no_row : 0), short_latencies_(short_ns) {
    const std::uint64_t prepared_words = 2 * std::min(prepared_share * most_rows, most_prepared_rows);
    while (chunks_.size() * chunk_words < prepared_words) chunks_.push_back(std::make_unique<Chunk>());
  }

  void record(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    const auto latency = static_cast<std::uint64_t>(end - intended);  // one below 0 is not short either
    if (latency >= short_ns || until_row_ == 0) [[unlikely]] return record_slowly(intended, start, end);
    --until_row_;
    ++short_latencies_[latency];
  }
  Histogram latencies() const {
    Histogram all = long_latencies_;
    for (std::uint64_t latency = 0; latency < short_ns; ++latency) {
      if (const std::uint64_t times = short_latencies_[latency]; times != 0) all.record(latency, times);
    }
    return all;
  }
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
  static constexpr std::ptrdiff_t prefetched_words = 64;
  static constexpr std::uint64_t short_ns = 4096;
  static constexpr std::uint64_t no_row = ~std::uint64_t{0};
  /// Each doubling of k adds half of `most_rows`: a run of 64 times `most_rows` requests writes 4 times as many rows. The pages of those are
  /// touched before the run.
  static constexpr std::uint64_t prepared_share = 4;
  static constexpr std::uint64_t most_prepared_rows = std::uint64_t{1} << 19;

  [[gnu::noinline]] void record_slowly(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    const auto latency = static_cast<std::uint64_t>(std::max<Nanoseconds>(0, end - intended));
    if (latency < short_ns) {
      ++short_latencies_[latency];
    } else {
      long_latencies_.record(latency);
    }
    if (until_row_ != 0) {
      --until_row_;
      return;
    }
    const std::uint64_t request = next_row_;
    append(request, intended, start, end);
    next_row_ = (request / stride_ + 1) * stride_;
    until_row_ = next_row_ - request - 1;
  }

  void append(std::uint64_t request, Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
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
    if (request / stride_ + 1 >= most_rows_) {
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
  void begin_chunk() {
    if (begun_chunks_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    next_word_ = chunks_[begun_chunks_++]->data();
    chunk_end_ = next_word_ + chunk_words;
  }
  void push(std::uint32_t value) {
    if (next_word_ == chunk_end_) [[unlikely]] begin_chunk();
    __builtin_prefetch(next_word_ + prefetched_words, 1);  // rows are far apart in time: without it each new line is a cache miss
    *next_word_++ = value;
  }
  std::uint32_t word(std::size_t position) const { return (*chunks_[position / chunk_words])[position % chunk_words]; }
  Nanoseconds long_word(std::size_t position) const {
    return static_cast<Nanoseconds>(std::uint64_t{word(position)} << 32 | word(position + 1));
  }

  using Chunk = std::array<std::uint32_t, chunk_words>;
  const std::uint64_t most_rows_;
  std::uint64_t until_row_;  ///< requests before the next one that gets a row
  std::vector<std::uint64_t> short_latencies_;
  Histogram long_latencies_;
  std::uint64_t next_row_ = 0;  ///< number of the next request that gets one
  std::uint64_t stride_ = 1;
  std::vector<std::uint64_t> segment_rows_{0};
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t begun_chunks_ = 0;
  std::uint32_t* next_word_ = nullptr;
  std::uint32_t* chunk_end_ = nullptr;
  Nanoseconds last_end_ = 0;
};

}  // namespace tricolour
