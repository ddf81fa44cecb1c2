// The requests of one mutator.
//
// Purpose: a histogram of them all, the times of the slowest, and those of every k-th, to be
// written. k is a power of two and grows with the run, so that at most `most_rows` rows are left,
// and so that rows come no faster than one in `least_row_gap_ns`: a row takes some 60 ns, because
// neither branches nor cache expect it, which is half of a short request.
//
// Invariant: in the histogram every request of `long_ns` or more stands for itself, and a k-th one
// that is shorter for the short ones since the last. Rows are kept in segments; segment s holds
// every 2^s-th request of its part of the run. `rows` thins all of them to one stride: a systematic
// sample of the whole run, not of its beginning; it stands for all but the slowest, which are there
// themselves: the `least_slowest` slowest of those of `long_ns` or more, and all of `slow_ns` or
// more; where none is so long, the slowest that was looked at. So the histogram's longest has a
// row. The weights add up to the number of requests.
//
// Ownership: the mutator's thread while it runs; any thread after it was joined.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/machine/taken_time.hpp"
#include "harness/record/histogram.hpp"
#include "harness/record/slowest_requests.hpp"
#include "workloads/request_sink.hpp"

namespace tricolour {

/// A row of the requests table.
struct WeightedRequest {
  RequestRow row;
  std::uint64_t weight;  ///< requests that it stands for
};

class RequestLog final : public RequestSink {
 public:
  /// A request of this length is explained.
  static constexpr Nanoseconds slow_ns = 1'000'000;
  static constexpr std::size_t least_slowest = 10'000;

  /// `most_rows`: 0 keeps none.
  explicit RequestLog(std::uint64_t most_rows)
      : keeps_rows_(most_rows != 0), most_sampled_(keeps_rows_ ? most_rows : most_without_rows) {
    const std::uint64_t prepared_words =
        2 * std::min(prepared_share * most_rows, most_prepared_rows);
    while (chunks_.size() * chunk_words < prepared_words)
      chunks_.push_back(std::make_unique<Chunk>());
  }

  /// `requests`: that there were. Empty if none was recorded.
  Histogram latencies(std::uint64_t requests) const {
    Histogram all = latencies_;
    if (next_ != 0) all.record(last_short_, represented_ + std::max(requests, next_) - next_);
    return all;
  }
  std::uint64_t look_at(std::uint64_t number, Nanoseconds intended, Nanoseconds start,
                        Nanoseconds end) override {
    represented_ += number - next_;
    next_ = number + 1;
    open_loop_ |= intended != start;
    const Nanoseconds latency = std::max<Nanoseconds>(0, end - intended);
    const bool sampled = number >= wanted_;
    if (latency >= long_ns) {
      latencies_.record(static_cast<std::uint64_t>(latency));
      keep_long({number, intended, start, end, std::max(intended, long_ended_ns_)});
      seeks_short_ |= sampled;
    } else {
      last_short_ = static_cast<std::uint64_t>(latency);
      latencies_.record(last_short_, 1 + std::exchange(represented_, 0));
      short_row_ = {number, intended, start, end, intended};
      if (!longest_short_ || latency > longest_short_->latency_ns()) longest_short_ = short_row_;
      seeks_short_ = false;
    }
    if (taken_time_ != nullptr) read_taken_time(latency, sampled, start, end);
    if (sampled) {
      if (keeps_rows_) append(intended, start, end);
      count_sample(number, end);
      wanted_ = (number + stride_) & ~(stride_ - 1);
    }
    // Where every k-th request happens to be long, the next short one is looked at in its place.
    return seeks_short_ ? number + 1 : wanted_;
  }
  void leave_unserved(std::uint64_t requests) override { unserved_ = requests; }
  std::uint64_t unserved() const { return unserved_; }
  /// Of the thread that makes the requests; null, or it outlives the log.
  void read_taken_time_from(TakenTimeMeter* meter) { taken_time_ = meter; }
  /// Requests are due at times of their own.
  bool open_loop() const { return open_loop_; }
  /// At least those of `slow_ns` or more, in no order.
  const std::vector<RequestRow>& slowest() const { return slowest_.rows(); }
  /// Those that took longest without the wait behind other requests, in no order.
  const std::vector<RequestRow>& longest_gaps() const { return longest_gaps_.rows(); }
  /// Of every how many requests a row was kept, over the whole run.
  std::uint64_t stride() const { return stride_; }

  /// The rows to be written, by start, of as many `requests`; `stride` is a multiple of `stride()`.
  std::vector<WeightedRequest> rows(std::uint64_t requests, std::uint64_t stride) const {
    std::vector<WeightedRequest> all;
    if (!keeps_rows_ || next_ == 0) return all;
    requests = std::max(requests, next_);
    std::vector<RequestRow> slowest = slowest_.rows();
    if (slowest.empty() && longest_short_) slowest.push_back(*longest_short_);
    std::ranges::sort(slowest, {}, &RequestRow::number);
    auto next_slow = slowest.begin();
    std::uint64_t unrepresented = 0;
    std::size_t last_sample = 0;  // in `all`, counted from 1
    for_each(stride, [&](const RequestRow& row) {
      const bool is_slow = next_slow != slowest.end() && next_slow->number == row.number;
      unrepresented += std::min(stride, requests - row.number);
      for (; next_slow != slowest.end() && next_slow->number < row.number + stride;
           ++next_slow, --unrepresented) {
        all.push_back({*next_slow, 1});
      }
      if (is_slow) return;
      all.push_back({row, std::exchange(unrepresented, 0)});
      last_sample = all.size();
    });
    for (; next_slow != slowest.end(); ++next_slow) all.push_back({*next_slow, 1});
    if (unrepresented > 0 && last_sample > 0) {
      all[last_sample - 1].weight += unrepresented;
    } else if (unrepresented > 0) {
      all.push_back(
          {short_row_.value_or(slowest_.dropped().value_or(slowest.front())), unrepresented});
    }
    std::ranges::sort(all, {}, [](const WeightedRequest& one) { return one.row.number; });
    return all;
  }

 private:
  /// Every `stride`-th request.
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
        if (request % stride == 0) each(RequestRow{request, intended, start, last_end, intended});
      }
    }
  }
  void keep_long(const RequestRow& row) {
    slowest_.offer(row);
    longest_gaps_.offer(row);
    long_ended_ns_ = row.end_ns;
  }
  /// In an open loop time may be taken between requests too, and nothing says how much of it; so
  /// readings are closer there.
  void read_taken_time(Nanoseconds latency, bool sampled, Nanoseconds start, Nanoseconds end) {
    const bool late = latency >= late_ns;
    const Nanoseconds age = late         ? late_age_ns
                            : open_loop_ ? open_loop_age_ns
                                         : TakenTimeMeter::most_age_ns;
    const bool read = (late || sampled) && taken_time_->read_if_older(end, age);
    if (!read && latency >= long_ns) taken_time_->pass_request(end - start);
  }

  /// From here on a request's end is worth a reading, and the longest gap without a name is known.
  static constexpr Nanoseconds late_ns = 100'000;
  /// After a late request nothing is read again for so long: in an overload all are late.
  static constexpr Nanoseconds late_age_ns = 50'000;
  static constexpr Nanoseconds open_loop_age_ns = 100'000;
  static constexpr std::size_t least_gaps = 1000;
  static constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();
  /// Before a row that does not fit two words: six words follow.
  static constexpr std::uint32_t in_full = ~std::uint32_t{0};
  static constexpr std::size_t chunk_words = std::size_t{1} << 16;
  static constexpr std::uint64_t most_without_rows = std::uint64_t{1} << 17;
  /// On average over a segment of at least so many rows, so that a burst after a pause does not
  /// thin what follows.
  static constexpr Nanoseconds least_row_gap_ns = 32'000;
  static constexpr std::uint64_t least_judged_rows = 256;
  /// Each doubling of k adds half of `most_rows`: a run of 64 times `most_rows` requests writes 4
  /// times as many rows. The pages of those are touched before the run.
  static constexpr std::uint64_t prepared_share = 4;
  static constexpr std::uint64_t most_prepared_rows = std::uint64_t{1} << 19;

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
  }
  void count_sample(std::uint64_t request, Nanoseconds end) {
    const std::uint64_t rows = ++segment_rows_.back();
    if (rows == 1) segment_began_ = end;
    const bool too_fast = rows > least_judged_rows &&
                          end - segment_began_ < static_cast<Nanoseconds>(rows) * least_row_gap_ns;
    // After `most_sampled_` requests' worth at this stride, twice the stride leaves at most that
    // many again.
    if (too_fast || request + stride_ >= most_sampled_ * stride_) {
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
    if (next_word_ == chunk_end_) [[unlikely]]
      begin_chunk();
    *next_word_++ = value;
  }
  std::uint32_t word(std::size_t position) const {
    return (*chunks_[position / chunk_words])[position % chunk_words];
  }
  Nanoseconds long_word(std::size_t position) const {
    return static_cast<Nanoseconds>(std::uint64_t{word(position)} << 32 | word(position + 1));
  }

  using Chunk = std::array<std::uint32_t, chunk_words>;
  const bool keeps_rows_;
  const std::uint64_t most_sampled_;
  Histogram latencies_;
  std::uint64_t wanted_ = 0;  ///< number of the next request to keep a row of
  std::uint64_t next_ = 0;  ///< number of the first request that came after the last one looked at
  std::uint64_t represented_ =
      0;  ///< short requests that were not looked at, since the last short one that was
  std::uint64_t last_short_ = 0;  ///< what that took
  std::uint64_t stride_ = 1;
  std::vector<std::uint64_t> segment_rows_{0};
  Nanoseconds segment_began_ = 0;  ///< end of its first row
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t begun_chunks_ = 0;
  std::uint32_t* next_word_ = nullptr;
  std::uint32_t* chunk_end_ = nullptr;
  Nanoseconds last_end_ = 0;
  SlowestRequests<&RequestRow::latency_ns> slowest_{least_slowest, slow_ns};
  SlowestRequests<&RequestRow::gap_ns> longest_gaps_{least_gaps, never};
  Nanoseconds long_ended_ns_ = 0;
  std::optional<RequestRow> short_row_;  ///< the last one that was looked at
  std::optional<RequestRow> longest_short_;
  bool seeks_short_ = false;
  bool open_loop_ = false;
  std::uint64_t unserved_ = 0;
  TakenTimeMeter* taken_time_ = nullptr;
};

}  // namespace tricolour
