// The cost of a reference store under every barrier, and of a load under every read barrier, in
// four arms.
//
// Purpose: each barrier's own source, on a heap where nothing is marked: no barrier (off), flag
// test only (test), armed with everything filtered (filtered), armed and shading into a buffer that
// is discarded (full). Differences between arms are the parts of a barrier.
//
// Invariant: stores go to random slots of 256 small objects (8 KiB, and half a KiB of metadata), in
// the order of a table of 16 KiB: all of it fits the first-level cache, so that memory is not what
// is measured. A mutator's roots count as scanned, as for all but the first moments of a cycle.
#include <benchmark/benchmark.h>

#include <array>
#include <random>
#include <string>

#include "barriers/all.hpp"
#include "barriers/none.hpp"
#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

enum class Arm : std::uint8_t { off, test, filtered, full };
constexpr std::array<std::string_view, 4> arm_names{"off", "test", "filtered", "full"};

constexpr BarrierArm heap_arm(Arm arm) {
  return arm == Arm::filtered ? BarrierArm::filtered
         : arm == Arm::full   ? BarrierArm::full
                              : BarrierArm::live;
}

/// Rooted objects of two slots that refer to each other, and a random sequence of stores into them
/// that repeats. It is read from a table: computing it would take as long as a store, and hide what
/// a barrier adds.
template <Barrier B>
class StoreTargets {
 public:
  explicit StoreTargets(Mutator<B>& m) : table_(m, m.allocate(objects, 0)) {
    for (std::size_t i = 0; i < objects; ++i) m.store(table_, i, m.allocate(2, 8));
    std::mt19937 random(1);
    for (Step& step : steps_)
      step = {m.load(table_, random() % objects), m.load(table_, random() % objects)};
    for (std::size_t i = 0; i < objects; ++i) {
      for (const std::size_t slot : {0u, 1u})
        m.store(m.load(table_, i), slot, m.load(table_, random() % objects));
    }
  }

  [[gnu::always_inline]] void store(Mutator<B>& m) {
    const Step& step = steps_[next_ % steps_.size()];
    m.store(step.target, next_++ & 1, step.value);
  }
  [[gnu::always_inline]] Object* load(Mutator<B>& m) {
    const Step& step = steps_[next_ % steps_.size()];
    return m.load(step.target, next_++ & 1);
  }

 private:
  struct Step {
    Object* target;
    Object* value;
  };
  static constexpr std::uint32_t objects = 256;
  Root table_;
  std::array<Step, 1024> steps_{};
  std::size_t next_ = 0;
};

enum class Operation : std::uint8_t { store, load };
constexpr std::array<std::string_view, 2> operation_names{"store", "load"};

template <Barrier B, Operation operation>
void run(benchmark::State& state, Arm arm) {
  BenchHeap<NoCollection> bench(std::size_t{1} << 20, heap_arm(arm), B::traits.side_table);
  change_phase(bench.heap, [](PhaseState& phase) { phase.roots_scanned = true; });
  Mutator<B> m(bench.heap);
  StoreTargets<B> targets(m);
  for (auto _ : state) {
    if constexpr (operation == Operation::store) {
      targets.store(m);
    } else {
      benchmark::DoNotOptimize(targets.load(m));
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

template <Barrier B, Operation operation>
void register_arm(Arm arm) {
  const std::string name = std::string(operation_names[static_cast<std::size_t>(operation)]) + "/" +
                           std::string(B::traits.name) + "/" +
                           std::string(arm_names[static_cast<std::size_t>(arm)]);
  benchmark::RegisterBenchmark(name.c_str(), [arm](benchmark::State& state) {
    constexpr bool has_flag =
        B::traits.has_flag && B::traits.guards_loads == (operation == Operation::load);
    if (arm == Arm::off) return run<None, operation>(state, arm);
    if (arm == Arm::test && !has_flag)
      return state.SkipWithError("not applicable: the operation tests no flag");
    run<B, operation>(state, arm);
  });
}

template <Barrier... Barriers>
bool register_stores(TypeList<Barriers...>) {
  const auto all_arms = []<Barrier B>() {
    for (const Arm arm : {Arm::off, Arm::test, Arm::filtered, Arm::full}) {
      register_arm<B, Operation::store>(arm);
      if constexpr (B::traits.guards_loads) register_arm<B, Operation::load>(arm);
    }
  };
  (all_arms.template operator()<Barriers>(), ...);
  return true;
}
[[maybe_unused]] const bool registered = register_stores(AllBarriers{});

}  // namespace
}  // namespace tricolour::bench
