// A thread that keeps a core and the memory bus as busy as a concurrent marker does.
//
// Purpose: what a marker costs a program by running at all, without being a marker. Each period the
// thread streams through memory of the live heap's size, one word of every cache line, again from
// where it was, for a share of the period, and sleeps through the rest: the duty cycle of one
// collection. Ownership: it ends in the destructor. Memory ordering: `stop_` is relaxed, since it
// only ends a loop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour::peers {

struct BusyShape {
  std::size_t bytes = 0;  ///< 0: there is no such thread
  Nanoseconds period_ns = 0;
  double share = 0;
};

class BusyThread {
 public:
  explicit BusyThread(const BusyShape& shape) : shape_(shape) {
    if (shape.bytes == 0) return;
    memory_.assign(shape.bytes / sizeof(std::uint64_t), 1);
    thread_ = std::jthread([this] { run(); });
  }
  ~BusyThread() { stop_.store(true, std::memory_order_relaxed); }
  BusyThread(const BusyThread&) = delete;
  BusyThread& operator=(const BusyThread&) = delete;

 private:
  static constexpr std::size_t words_per_line = 8;
  static constexpr std::size_t lines_per_look = 4096;

  void run() {
    const auto busy_ns =
        static_cast<Nanoseconds>(shape_.share * static_cast<double>(shape_.period_ns));
    for (Nanoseconds begin = now_ns(); !stopped(); begin += shape_.period_ns) {
      while (!stopped() && now_ns() - begin < busy_ns) stream();
      while (!stopped() && now_ns() - begin < shape_.period_ns) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }
  bool stopped() const { return stop_.load(std::memory_order_relaxed); }
  void stream() {
    std::uint64_t sum = 0;
    for (std::size_t line = 0; line < lines_per_look; ++line) {
      sum += memory_[place_];
      place_ = place_ + words_per_line < memory_.size() ? place_ + words_per_line : 0;
    }
    sum_ = sum;
  }

  const BusyShape shape_;
  std::vector<std::uint64_t> memory_;
  std::size_t place_ = 0;
  volatile std::uint64_t sum_ = 0;  ///< keeps the reads
  std::atomic<bool> stop_{false};
  std::jthread thread_;  ///< the last member: joined before what it uses goes
};

}  // namespace tricolour::peers
