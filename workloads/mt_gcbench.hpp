// GCBench on every mutator, with holes of garbage between the nodes.
//
// Purpose: as gcbench, but objects of many sizes that die at once lie between the nodes, so that a
// tree fragments the memory around it. There is no stretch tree. One operation is one whole pass.
//
// Invariant: as for gcbench.
//
// Source: A. Wingo, Whippet's mt-gcbench: a hole's length is the number of failures before a
// success of probability 0.15.
#pragma once

#include <array>

#include "workloads/gcbench.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

/// Hole lengths in words, drawn once and then used in turn.
class HoleLengths {
 public:
  HoleLengths(double probability, std::uint64_t seed) {
    SplitMix random{seed};
    for (std::uint8_t& length : lengths_) {
      while (length < most && random.fraction() > probability) ++length;
    }
  }
  std::size_t next() { return lengths_[at_++]; }

 private:
  static constexpr std::uint8_t most = 200;
  std::array<std::uint8_t, 256> lengths_{};
  std::uint8_t at_ = 0;
};

/// Allocates a hole where the next length is not zero.
class PowerLawHoles {
 public:
  explicit PowerLawHoles(HoleLengths& lengths) : lengths_(lengths) {}

  template <Barrier B>
  void before_node(Mutator<B>& m) {
    const std::size_t length = lengths_.next();
    if (length == 0) return;
    Object* const hole = m.allocate(0, (1 + length) * sizeof(std::uint64_t));
    *hole->payload<std::uint64_t>() = length;
  }

 private:
  HoleLengths& lengths_;
};

struct MtGcbench {
  static WorkloadInfo info() {
    return {.name = "mt_gcbench",
            .summary = "gcbench with garbage of power-law size between the nodes",
            .source = "Wingo, Whippet",
            .operation = "one whole pass",
            .parameters = {
                GcbenchShape::scale_parameter(),
                {.name = "hole_probability",
                 .value = 0.15,
                 .unit = "",
                 .summary =
                     "chance that a hole ends at a given word: the smaller, the longer the holes",
                 .least = 0.02,
                 .most = 1}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    return GcbenchShape{parameters}.steady_bytes();
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    const GcbenchShape shape{run.parameters};
    HoleLengths lengths{run.parameters.number("hole_probability"), run.random()};
    run.begin(m);
    while (run.next_operation())
      GcbenchPass<B, PowerLawHoles>{m, shape, PowerLawHoles{lengths}}.run();
    run.end(m);
  }
};

}  // namespace tricolour
