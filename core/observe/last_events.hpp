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
      text += "    " + std::to_string(begin_of(event)) +
              " ns: " + std::visit([](const auto& one) { return what(one); }, event) + ", " +
              std::to_string((end_of(event) - begin_of(event)) / 1000) + " us\n";
    }
    return text.empty() ? "    none\n" : text;
  }

 private:
  static std::string what(const PauseEvent& pause) {
    return of_cycle(pause.cycle) + "pause " + std::string(to_string(pause.kind));
  }
  static std::string what(const PhaseInterval& interval) {
    return of_cycle(interval.cycle) + std::string(to_string(interval.role)) + " " +
           std::string(to_string(interval.phase));
  }
  static std::string what(const MutatorInterval& interval) {
    return of_cycle(interval.cycle) + "mutator " + std::string(to_string(interval.activity));
  }
  static std::string what(const TriggerEvent& event) {
    return "trigger at " + std::to_string(event.trigger) + " bytes";
  }
  static std::string of_cycle(std::uint64_t cycle) {
    return "cycle " + std::to_string(cycle) + ", ";
  }

  static constexpr std::size_t kept = 16;
  mutable Mutex lock_;
  std::array<Event, kept> events_;
  std::size_t noted_ = 0;
};

}  // namespace tricolour
