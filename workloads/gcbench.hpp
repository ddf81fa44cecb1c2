// GCBench: perfect binary trees of many depths, most of them dropped as soon as they are built.
//
// Purpose: the classic allocation benchmark. A stretch tree is built and dropped; a long-lived tree
// and an array of doubles stay; then trees of every second depth are built, top-down and bottom-up,
// about as many nodes of each depth. One operation is one whole pass.
//
// Invariant: one path of every short-lived tree, every node of the long-lived tree and every
// element of the array are read back and compared. `harness/peers/gcbench.hpp` is the same program
// over other memories.
//
// Source: J. Ellis, P. Kovac, H.-J. Boehm, "An Artificial Garbage Collection Benchmark" (1997).
#pragma once

#include <algorithm>

#include "workloads/perfect_trees.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

/// The sizes of a pass, and its closed forms.
struct GcbenchShape {
  explicit GcbenchShape(int scale)
      : least_depth(4 + scale),
        most_depth(16 + scale),
        stretch_depth(18 + scale),
        array_length(scale >= 0 ? std::size_t{500'000} << (3 * scale / 2)
                                : std::size_t{500'000} >> (-3 * scale / 2)) {}
  explicit GcbenchShape(const Parameters& parameters)
      : GcbenchShape(static_cast<int>(parameters.number("scale"))) {}

  /// Short-lived trees of each kind and depth.
  std::uint64_t iterations(int depth) const {
    return 2 * tree_size(stretch_depth) / tree_size(depth);
  }
  std::size_t stretch_bytes() const { return tree_size(stretch_depth) * TreeNode::bytes; }
  /// Long-lived tree, array, and one of the deepest short-lived trees.
  std::size_t steady_bytes() const {
    return 2 * tree_size(most_depth) * TreeNode::bytes +
           Object::size_for(0, array_length * sizeof(double));
  }

  static ParameterInfo scale_parameter() {
    return {.name = "scale",
            .value = 0,
            .unit = "levels",
            .summary = "added to every depth; the array grows eightfold for every 2",
            .least = -4,
            .most = 6,
            .small = -4};
  }

  int least_depth;
  int most_depth;
  int stretch_depth;
  std::size_t array_length;
};

/// One pass, after the stretch tree.
template <Barrier B, class Holes = NoHoles>
class GcbenchPass {
 public:
  GcbenchPass(Mutator<B>& m, const GcbenchShape& shape, Holes holes = {})
      : m_(m), shape_(shape), trees_(m, holes) {}

  void stretch() {
    trees_.check_path(trees_.make_tree(shape_.stretch_depth, serial_), shape_.stretch_depth,
                      serial_);
  }

  void run() {
    const std::int32_t long_lived_serial = ++serial_;
    const Root long_lived{m_, trees_.populate(shape_.most_depth, long_lived_serial)};
    const Root array{m_, m_.allocate(0, shape_.array_length * sizeof(double))};
    fill(array);
    for (int depth = shape_.least_depth; depth <= shape_.most_depth; depth += 2) construct(depth);
    const std::uint64_t nodes = trees_.check_all(long_lived, shape_.most_depth, long_lived_serial);
    WorkloadRun::check(nodes == tree_size(shape_.most_depth),
                       "gcbench: the long-lived tree has lost nodes");
    check_array(array);
  }

 private:
  static constexpr std::size_t unpolled_elements = 4096;

  void construct(int depth) {
    const std::uint64_t iterations = shape_.iterations(depth);
    for (std::uint64_t i = 0; i < iterations; ++i, m_.poll()) {
      ++serial_;
      trees_.check_path(trees_.populate(depth, serial_), depth, serial_);
    }
    for (std::uint64_t i = 0; i < iterations; ++i, m_.poll()) {
      ++serial_;
      trees_.check_path(trees_.make_tree(depth, serial_), depth, serial_);
    }
  }

  /// The first half holds reciprocals; the rest stays zero, as in the original.
  double element(std::size_t i) const {
    return i < shape_.array_length / 2 ? 1.0 / static_cast<double>(i + 1) : 0.0;
  }

  void fill(const Root& array) {
    for (std::size_t i = 0; i < shape_.array_length / 2; m_.poll()) {
      double* const values = array->template payload<double>();
      for (const std::size_t end = std::min(shape_.array_length / 2, i + unpolled_elements);
           i < end; ++i)
        values[i] = element(i);
    }
  }
  void check_array(const Root& array) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < shape_.array_length; m_.poll()) {
      const double* const values = array->template payload<double>();
      for (const std::size_t end = std::min(shape_.array_length, i + unpolled_elements); i < end;
           ++i)
        wrong += values[i] != element(i);
    }
    WorkloadRun::check(wrong == 0, "gcbench: the array has changed");
  }

  Mutator<B>& m_;
  const GcbenchShape& shape_;
  PerfectTrees<B, Holes> trees_;
  std::int32_t serial_ = 1;
};

struct Gcbench {
  static WorkloadInfo info() {
    return {.name = "gcbench",
            .summary =
                "builds and drops binary trees of depth 4 to 16 while a long-lived tree and array "
                "exist",
            .source = "Ellis, Kovac, Boehm 1997",
            .operation = "one whole pass",
            .parameters = {GcbenchShape::scale_parameter()}};
  }

  /// The stretch tree, or what lives after it: whichever is larger.
  static std::size_t live_bytes(const Parameters& parameters) {
    const GcbenchShape shape{parameters};
    return std::max(shape.stretch_bytes(), shape.steady_bytes());
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    const GcbenchShape shape{run.parameters};
    run.begin(m);
    while (run.next_operation()) {
      GcbenchPass<B> pass{m, shape};
      pass.stretch();
      pass.run();
    }
    run.end(m);
  }
};

}  // namespace tricolour
