// Rooted handles in stack order, as many as a program asks for.
//
// Purpose: handles that are not the locals of scopes. Roots end in the reverse order of their
// making, and the elements of a deque do not.
//
// Invariant: the newest handle ends first. Where one is pushed or popped, no younger Root of the
// mutator is alive.
//
// Ownership: one mutator's thread; it ends before the mutator.
#pragma once

#include <deque>

#include "core/mutator/mutator.hpp"

namespace tricolour {

class RootStack {
 public:
  RootStack() = default;
  ~RootStack() {
    while (!roots_.empty()) pop();
  }
  RootStack(const RootStack&) = delete;
  RootStack& operator=(const RootStack&) = delete;

  /// Throws as the constructor of a Root does.
  template <Barrier B>
  void push(Mutator<B>& m, Object* object = nullptr) {
    roots_.emplace_back(m, object);
  }
  /// Ends the newest handle.
  void pop() { roots_.pop_back(); }

  /// The oldest handle is number 0.
  Root& operator[](std::size_t number) { return roots_[number]; }
  std::size_t size() const { return roots_.size(); }

 private:
  std::deque<Root> roots_;
};

}  // namespace tricolour
