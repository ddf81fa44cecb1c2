// Handshakes against mutators that enter and leave blocked regions all the time.
//
// Purpose: a claim is what keeps a mutator from running while a collector acts for it. Each thread
// that acts for a mutator says so here, so that two at a time are seen.
#pragma once

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "barriers/none.hpp"
#include "core/spin.hpp"
#include "tools/testing/bench_heap.hpp"

namespace tricolour {

class HandshakeStress {
 public:
  explicit HandshakeStress(std::size_t mutators) : acts_(mutators) {}

  /// What went wrong first; empty when nothing did.
  std::string run(int rounds) {
    // It outlives the handshakes: a mutator that takes its part too late is counted, and no fault.
    const HandshakeWork work = [this](MutatorContext& mutator) {
      act(mutator);
      ++acts_of(mutator).in_round;
    };
    std::vector<std::jthread> threads;
    std::latch born(static_cast<std::ptrdiff_t>(acts_.size()));
    for (std::size_t i = 0; i < acts_.size(); ++i) threads.emplace_back([&] { mutate(born); });
    born.wait();
    for (int round = 0; round < rounds && overlaps_ == 0 && uncounted_ == 0; ++round) {
      for (Acts& acts : acts_) acts.in_round = 0;
      World::Exclusive world(test_.heap.world, nullptr);
      world.handshake(work);
      for (const Acts& acts : acts_) uncounted_ += acts.in_round != 1;
    }
    done_ = true;
    threads.clear();
    if (overlaps_ != 0) return "a mutator runs while a collector acts for it";
    return uncounted_ != 0 ? "a mutator's part of a handshake is not done once" : "";
  }

 private:
  struct Acts {
    std::atomic<bool> under_way{false};
    std::atomic<int> in_round{0};
  };

  Acts& acts_of(const MutatorContext& mutator) { return acts_[mutator.index()]; }

  void act(const MutatorContext& mutator) {
    std::atomic<bool>& under_way = acts_of(mutator).under_way;
    if (under_way.exchange(true)) overlaps_ = 1;
    for (int i = 0; i < 200; ++i) relax_processor();
    under_way = false;
  }

  void mutate(std::latch& born) {
    Mutator<None> m(test_.heap);
    born.count_down();
    while (!done_) {
      m.blocking([] { std::this_thread::yield(); });
      act(context_of(m));
      m.poll();
    }
  }

  struct TestHeap : bench::BenchHeap<bench::NoCollection> {
    TestHeap() : BenchHeap(std::size_t{4} << 20) {}
  };
  TestHeap test_;
  std::vector<Acts> acts_;
  std::atomic<bool> done_{false};
  std::atomic<int> overlaps_{0};
  int uncounted_ = 0;
};

}  // namespace tricolour
