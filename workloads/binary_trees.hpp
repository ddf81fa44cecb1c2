// Binary trees of the Computer Language Benchmarks Game.
//
// Purpose: many short-lived perfect trees beside one long-lived one; every tree is built bottom-up
// and walked once. One operation is one whole pass.
//
// Invariant: a walk checks every node and counts them; the counts of each depth must add up.
//
// Source: The Computer Language Benchmarks Game, binary-trees, after GCBench.
#pragma once

#include <algorithm>

#include "workloads/perfect_trees.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct BinaryTrees {
  static WorkloadInfo info() {
    return {
        .name = "binary_trees",
        .summary = "builds and walks binary trees of depth 4 to N while a long-lived tree exists",
        .source = "The Computer Language Benchmarks Game",
        .operation = "one whole pass",
        .parameters = {
            {.name = "depth",
             .value = 14,
             .unit = "levels",
             .summary = "N: depth of the deepest short-lived tree and of the long-lived one",
             .least = 6,
             .most = 24,
             .small = 10}}};
  }

  /// The stretch tree of depth N + 1, or (of about the same size) the long-lived tree and one of
  /// depth N.
  static std::size_t live_bytes(const Parameters& parameters) {
    const int most = most_depth(parameters);
    return std::max(tree_size(most + 1), 2 * tree_size(most)) * TreeNode::bytes;
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    const int most = most_depth(run.parameters);
    run.begin(m);
    while (run.next_operation()) pass(m, most);
    run.end(m);
  }

 private:
  static constexpr int least_depth = 4;
  static int most_depth(const Parameters& parameters) {
    return static_cast<int>(parameters.count("depth"));
  }

  template <Barrier B>
  static void pass(Mutator<B>& m, int most) {
    PerfectTrees<B> trees{m};
    std::int32_t serial = 1;
    build_and_walk(m, trees, most + 1, serial);
    const std::int32_t long_lived_serial = ++serial;
    const Root long_lived{m, trees.make_tree(most, long_lived_serial)};
    for (int depth = least_depth; depth <= most; depth += 2) {
      const std::uint64_t iterations = std::uint64_t{1} << (most - depth + least_depth);
      std::uint64_t nodes = 0;
      for (std::uint64_t i = 0; i < iterations; ++i)
        nodes += build_and_walk(m, trees, depth, ++serial);
      WorkloadRun::check(nodes == iterations * tree_size(depth), "binary_trees: nodes are missing");
    }
    WorkloadRun::check(trees.check_all(long_lived, most, long_lived_serial) == tree_size(most),
                       "binary_trees: the long-lived tree has lost nodes");
  }

  template <Barrier B>
  static std::uint64_t build_and_walk(Mutator<B>& m, PerfectTrees<B>& trees, int depth,
                                      std::int32_t serial) {
    const Root tree{m, trees.make_tree(depth, serial)};
    return trees.check_all(tree, depth, serial);
  }
};

}  // namespace tricolour
