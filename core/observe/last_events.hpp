// The last events of a heap, for the report of a failure.
//
// Invariant: nothing is allocated: events are noted in pauses.
//
// Ownership: any thread; the events: lock_. Memory ordering: the lock.
#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <string>

#include "core/mutex.hpp"
#include "core/observe/events.hpp"

namespace tricolour {

class LastEvents {
 public:
  void note(const Event& event) {
    const std::scoped_lock lock(lock_);
    events_[noted_++ % kept] = event;
  }
  /// A line for each, indented.
  std::string text() const {
    const std::scoped_lock lock(lock_);
    std::string text;
    for (std::size_t i = noted_ - std::min(noted_, kept); i < noted_; ++i) {
      const Event& event = events_[i % kept];
      const std::string what =
          event.kind == EventKind::pause
              ? "pause " + std::string(to_string(event.pause))
              : std::string(to_string(event.role)) + " " + std::string(to_string(event.activity));
      text += "    " + std::to_string(event.begin_ns) + " ns: cycle " +
              std::to_string(event.cycle) + ", " + what + ", " +
              std::to_string((event.end_ns - event.begin_ns) / 1000) + " us\n";
    }
    return text.empty() ? "    none\n" : text;
  }

 private:
  static constexpr std::size_t kept = 16;
  mutable Mutex lock_;
  std::array<Event, kept> events_;
  std::size_t noted_ = 0;
};

}  // namespace tricolour
