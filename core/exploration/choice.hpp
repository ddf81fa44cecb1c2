// A choice inside one step: which of several values a load may read.
//
// Purpose: the search repeats a step once for each alternative. The step asks `among(n)` at most
// once and does what it is told.
#pragma once

namespace tricolour::exploration {

class Choice {
 public:
  explicit Choice(unsigned taken = 0) : taken_(taken) {}
  /// Which of `alternatives` (at least 1) to take: 0, 1, ...
  unsigned among(unsigned alternatives) {
    offered_ = alternatives;
    return taken_;
  }
  bool has_another() const { return taken_ + 1 < offered_; }

 private:
  unsigned taken_;
  unsigned offered_ = 1;
};

}  // namespace tricolour::exploration
