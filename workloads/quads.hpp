// Quads: a long-lived quadtree beside short-lived ones.
//
// Purpose: marking speed on a large live heap: the long-lived tree never changes, and every cycle
// traces all of it. One operation builds a small quadtree, which dies with the next.
//
// Invariant: a tree of depth d has (4^d - 1) / 3 nodes. Each carries its depth and the serial of
// its tree, and a check word of both; a leaf has depth 1 and no child.
//
// Nominal, with default parameters: one size, 64 bytes; 1 reference store for each node but the
// roots; survival next to nothing after the build; depth 10.
//
// Source: A. Wingo, Whippet's benchmark `quads`. There, rounds of a share of the heap are timed;
// here an operation is one tree, so that the work of a run does not depend on its heap.
#pragma once

#include "workloads/intact.hpp"
#include "workloads/program.hpp"
#include "workloads/random.hpp"

namespace tricolour {

struct Quads {
  static WorkloadInfo info() {
    return {.name = "quads",
            .summary = "builds small quadtrees beside a large one",
            .source = "Wingo, Whippet",
            .operation = "one short-lived quadtree",
            .parameters = {{.name = "depth",
                            .value = 10,
                            .unit = "levels",
                            .summary = "of the long-lived tree",
                            .least = 1,
                            .most = 15,
                            .small = 7},
                           {.name = "short_lived_depth",
                            .value = 3,
                            .unit = "levels",
                            .summary = "of a short-lived tree",
                            .least = 1,
                            .most = 12}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    return (nodes_of(parameters.count("depth")) + nodes_of(parameters.count("short_lived_depth"))) *
           Object::size_for(children, sizeof(Node));
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Node {
    std::uint64_t depth;
    std::uint64_t serial;
    std::uint64_t check;
  };
  static constexpr std::uint32_t children = 4;
  static constexpr std::size_t nodes_of(std::size_t depth) {
    return ((std::size_t{1} << 2 * depth) - 1) / 3;
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          depth_(run.parameters.count("depth")),
          short_lived_depth_(run.parameters.count("short_lived_depth")),
          long_lived_(m),
          short_lived_(m) {}

    void build() { long_lived_ = make_tree(depth_); }

    void operation() {
      if (short_lived_.get() != nullptr) check_tree(short_lived_, short_lived_depth_, serial_);
      ++serial_;
      short_lived_ = make_tree(short_lived_depth_);
    }

    void check() { check_tree(long_lived_, depth_, 0); }

   private:
    /// A safepoint, as `allocate` is.
    Object* make_tree(std::size_t depth) {
      const Root node{m_, m_.allocate(children, sizeof(Node))};
      *node->template payload<Node>() = {depth, serial_, mix(serial_ ^ mix(depth))};
      for (std::uint32_t i = 0; i < children && depth > 1; ++i) {
        Object* const child = make_tree(depth - 1);
        m_.store(node, i, child);
      }
      return node;
    }

    /// No safepoint.
    void check_tree(Object* tree, std::size_t depth, std::uint64_t serial) {
      WorkloadRun::check(tree != nullptr, "quads: a subtree is missing");
      check_header(m_, tree, children, sizeof(Node), "quads");
      const Node& data = *tree->template payload<Node>();
      WorkloadRun::check(data.check == mix(data.serial ^ mix(data.depth)),
                         "quads: a node does not hold what was written to it");
      WorkloadRun::check(data.depth == depth && data.serial == serial,
                         "quads: a node is in another's place");
      for (std::uint32_t i = 0; i < children && depth > 1; ++i)
        check_tree(m_.load(tree, i), depth - 1, serial);
    }

    Mutator<B>& m_;
    const std::size_t depth_;
    const std::size_t short_lived_depth_;
    Root long_lived_;
    Root short_lived_;
    std::uint64_t serial_ = 0;  ///< of the present short-lived tree; the long-lived one has 0
  };
};

}  // namespace tricolour
