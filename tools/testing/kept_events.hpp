// A listener that keeps all events of a heap: for tests.
//
// Ownership: any thread emits and looks; `all_`: lock_.
#pragma once

#include <mutex>
#include <variant>
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
  template <class Kind>
  std::vector<Kind> of() const {
    const std::scoped_lock lock(lock_);
    std::vector<Kind> found;
    for (const Event& event : all_) {
      if (const auto* const one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
  }
  std::vector<MutatorInterval> intervals_of(Activity activity) const {
    auto found = of<MutatorInterval>();
    std::erase_if(found, [=](const MutatorInterval& one) { return one.activity != activity; });
    return found;
  }

 private:
  mutable Mutex lock_;
  std::vector<Event> all_;
};

}  // namespace tricolour
