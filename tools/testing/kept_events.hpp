// A listener that keeps all events of a heap: for tests.
//
// Ownership: any thread emits and looks; `all_`: lock_.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/mutex.hpp"
#include "core/observe/events.hpp"

namespace tricolour {

class KeptEvents final : public EventListener {
 public:
  void on_event(const Event& event) override {
    const std::scoped_lock lock(lock_);
    all_.push_back(event);
  }
  /// Those of a kind, in the order in which they were told.
  std::vector<Event> of(EventKind kind) const {
    return that([=](const Event& event) { return event.kind == kind; });
  }
  /// Phases of all cycles, or a mutator's intervals.
  std::vector<Event> of(EventKind kind, Activity activity) const {
    return that(
        [=](const Event& event) { return event.kind == kind && event.activity == activity; });
  }

 private:
  template <class Wanted>
  std::vector<Event> that(Wanted wanted) const {
    const std::scoped_lock lock(lock_);
    std::vector<Event> found;
    std::ranges::copy_if(all_, std::back_inserter(found), wanted);
    return found;
  }

  mutable Mutex lock_;
  std::vector<Event> all_;
};

}  // namespace tricolour
