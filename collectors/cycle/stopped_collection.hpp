// A whole collection in one pause, as every collector can do it, and the bookkeeping that tells
// "try again" from "exhausted".
//
// Purpose: shared by the collectors: `stop_the_world` does nothing else, the others fall back on it
// when memory runs out.
//
// Invariant: a mutator is told that memory is exhausted only after `most_attempts` collections of
// its own for one request, or after `most_fruitless` collections in a row that left less than
// `least_free_share` of the heap: nothing hangs and nothing thrashes for ever. Another's that came
// first is no attempt: what it freed may be gone again (a mutator that was passed over takes the
// turn, core/mutator/allocation_turn.hpp). Of several that wait one collects.
//
// Ownership: any mutator; the counters are read and written by the holder of World::Exclusive.
#pragma once

#include "collectors/cycle/cycle.hpp"

namespace tricolour {

class StoppedCollection {
 public:
  explicit StoppedCollection(Cycle& cycle, Heap& heap) : cycle_(cycle), heap_(heap) {}

  enum class Outcome : std::uint8_t {
    collected,
    came_second,  ///< a cycle had completed since the caller saw `completed_before`: nothing was
                  ///< done
    under_way,    ///< a cycle has begun and not ended: nothing was done
  };
  /// Stops the world and collects, unless there is no need or no way to.
  Outcome run(MutatorContext& mutator, Pause pause, std::uint64_t completed_before);
  /// When memory has run out: whether it was this mutator that collected, which is an attempt of
  /// its own.
  bool make_room(MutatorContext& mutator, std::uint64_t completed_before) {
    return run(mutator, {PauseKind::full, Cause::exhausted}, completed_before) ==
           Outcome::collected;
  }
  /// After a cycle: did it leave anything worth having?
  void judge_cycle();
  /// Collections that a mutator without memory makes or waits for, at most.
  static constexpr unsigned most_attempts = 10;
  /// May a mutator hope for another collection after so many `attempts`? A refusal starts the count
  /// of fruitless cycles anew: the program that catches it may let go of something.
  bool worth_trying(unsigned attempts);

 private:
  static constexpr unsigned most_fruitless = 8;
  static constexpr double least_free_share = 0.01;
  Cycle& cycle_;
  Heap& heap_;
  std::atomic<unsigned> fruitless_{0};  // relaxed: a count that ends a hopeless loop some time
};

}  // namespace tricolour
