// Random mutators side by side on one collected heap, for tests: what the soundness tests and the
// killing tests of faults run.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "collectors/collected_heap.hpp"
#include "core/mutex.hpp"
#include "tools/testing/random_mutator.hpp"
#include "tools/testing/stop_heap.hpp"

namespace tricolour {

struct RandomRun {
  CollectorStatistics collection;
  VerifyStatistics verification;
  std::string failure;  ///< the first that any mutator met; empty when there was none
};

/// Runs `mutators` random mutators for `steps` each, then collects once more. `options` must ask
/// for verification.
template <Barrier B>
RandomRun run_random_mutators(const CollectedHeapOptions& options, int mutators, int steps,
                              std::uint64_t seed) {
  RandomRun outcome;
  CollectedHeap heap(options, B::traits);
  {
    Mutex lock;
    const auto note = [&](const char* what) {
      std::scoped_lock guard(lock);
      if (outcome.failure.empty()) outcome.failure = what;
    };
    Mutator<B> first(heap);
    first.make_globals(RandomMutator<B>::globals);
    const auto mutate = [&](Mutator<B>& m, std::uint64_t own_seed) {
      try {
        RandomMutator<B>(m, own_seed).run(steps);
      } catch (const std::exception& error) {
        note(error.what());
      }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < mutators; ++i) {
      threads.emplace_back([&, i] {
        Mutator<B> m(heap);
        mutate(m, seed + static_cast<std::uint64_t>(i));
      });
    }
    mutate(first, seed);
    first.blocking([&] {
      for (std::thread& thread : threads) thread.join();
    });
    try {
      heap.collect(first);
    } catch (const std::exception& error) {
      note(error.what());
    }
  }
  stop_heap(heap, outcome.failure);
  outcome.collection = heap.collector().statistics();
  outcome.verification = heap.oracle()->statistics();
  return outcome;
}

}  // namespace tricolour
