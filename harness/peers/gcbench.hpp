// GCBench over any memory: the twin of workloads/gcbench.hpp.
//
// Purpose: the same trees, array, depths and checks, as a yardstick for the collectors. Where the
// collected program drops a tree, this one calls `Memory::release` for its nodes if the memory
// wants that. A pass is an operation.
//
// Invariant: one path of every short-lived tree, every node of the long-lived tree and every
// element of the array are read back and compared. Ownership: one thread.
//
// Source: J. Ellis, P. Kovac, H.-J. Boehm, "An Artificial Garbage Collection Benchmark" (1997).
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/peers/arguments.hpp"
#include "harness/peers/outcome.hpp"

namespace tricolour::peers {

template <class Memory>
class Gcbench {
 public:
  static Outcome run(Arguments& arguments) {
    const auto scale = static_cast<int>(arguments.number("scale", 0, -4, 6));
    const auto warmup = static_cast<int>(arguments.number("warmup", 1, 0, 1e6));
    const auto passes = static_cast<int>(arguments.number("passes", 3, 1, 1e6));
    const auto most_ns =
        static_cast<Nanoseconds>(1e9 * arguments.number("most_seconds", 1e4, 0, 1e4));
    arguments.refuse_the_rest();
    Gcbench program{scale};
    program.repeat(warmup, most_ns);
    program.checks_ = 0;
    const auto collections = Memory::collections();
    Outcome outcome = program.repeat(passes, most_ns);
    outcome.checks = program.checks_;
    if (collections) outcome.collections = *Memory::collections() - *collections;
    return outcome;
  }

 private:
  struct Node {
    Node* left;
    Node* right;
    std::int32_t serial;
    std::int32_t position;
  };

  explicit Gcbench(int scale)
      : least_depth_(4 + scale),
        most_depth_(16 + scale),
        stretch_depth_(18 + scale),
        array_length_(scale >= 0 ? std::size_t{500'000} << (3 * scale / 2)
                                 : std::size_t{500'000} >> (-3 * scale / 2)) {}

  /// `passes` passes, or fewer when they take longer than `most_ns`.
  Outcome repeat(int passes, Nanoseconds most_ns) {
    Outcome outcome{.program = "gcbench"};
    const Nanoseconds begin = now_ns();
    Nanoseconds end = begin;
    GapProbe gaps{begin};
    for (int i = 0; i < passes && end - begin <= most_ns; ++i) {
      pass();
      end = now_ns();
      gaps.end(end);
      ++outcome.operations;
    }
    outcome.wall_ns = end - begin;
    outcome.longest_gap_ns = gaps.longest();
    return outcome;
  }

  static constexpr std::uint64_t tree_size(int depth) { return (std::uint64_t{2} << depth) - 1; }

  static Node* new_node(Node* left, Node* right, std::int32_t serial, std::int32_t position) {
    auto* const node = static_cast<Node*>(Memory::allocate(sizeof(Node)));
    *node = {left, right, serial, position};
    return node;
  }

  static void populate_below(Node* parent, int depth, std::int32_t serial, std::int32_t position) {
    parent->left = new_node(nullptr, nullptr, serial, 2 * position);
    parent->right = new_node(nullptr, nullptr, serial, 2 * position + 1);
    if (depth == 1) return;
    populate_below(parent->left, depth - 1, serial, 2 * position);
    populate_below(parent->right, depth - 1, serial, 2 * position + 1);
  }
  static Node* populate(int depth, std::int32_t serial) {
    Node* const root = new_node(nullptr, nullptr, serial, 1);
    if (depth > 0) populate_below(root, depth, serial, 1);
    return root;
  }

  static Node* make_above(int depth, std::int32_t serial, std::int32_t position) {
    const auto below = [&](std::int32_t child) {
      return depth == 1 ? new_node(nullptr, nullptr, serial, child)
                        : make_above(depth - 1, serial, child);
    };
    Node* const left = below(2 * position);
    Node* const right = below(2 * position + 1);
    return new_node(left, right, serial, position);
  }
  static Node* make_tree(int depth, std::int32_t serial) {
    return depth == 0 ? new_node(nullptr, nullptr, serial, 1) : make_above(depth, serial, 1);
  }

  static void release_tree(Node* tree) {
    if constexpr (Memory::explicit_release) {
      if (tree->left != nullptr) {
        release_tree(tree->left);
        release_tree(tree->right);
      }
      Memory::release(tree);
    }
  }

  static void check_node(const Node* node, std::int32_t serial, std::int32_t position) {
    check(node != nullptr, "gcbench: a tree has lost a node");
    check(node->serial == serial && node->position == position,
          "gcbench: a tree's node does not hold what was written to it");
  }
  static void check_leaf(const Node* leaf) {
    check(leaf->left == nullptr && leaf->right == nullptr, "gcbench: a tree's leaf has children");
  }

  void check_path_and_release(Node* tree, int depth, std::int32_t serial) {
    const std::uint32_t turns = static_cast<std::uint32_t>(serial) * 0x9e3779b9u >> 7;
    std::int32_t position = 1;
    const Node* node = tree;
    for (int level = 0; level < depth && node != nullptr; ++level) {
      const std::uint32_t side = turns >> level & 1;
      node = side == 0 ? node->left : node->right;
      position = 2 * position + static_cast<std::int32_t>(side);
    }
    check_node(node, serial, position);
    check_leaf(node);
    ++checks_;
    release_tree(tree);
  }

  static std::uint64_t check_all(const Node* tree, int depth, std::int32_t serial,
                                 std::int32_t position = 1) {
    check_node(tree, serial, position);
    if (depth == 0) {
      check_leaf(tree);
      return 1;
    }
    return 1 + check_all(tree->left, depth - 1, serial, 2 * position) +
           check_all(tree->right, depth - 1, serial, 2 * position + 1);
  }

  double element(std::size_t i) const {
    return i < array_length_ / 2 ? 1.0 / static_cast<double>(i + 1) : 0.0;
  }

  void construct(int depth, std::int32_t& serial) {
    const std::uint64_t iterations = 2 * tree_size(stretch_depth_) / tree_size(depth);
    for (std::uint64_t i = 0; i < iterations; ++i) {
      ++serial;
      check_path_and_release(populate(depth, serial), depth, serial);
    }
    for (std::uint64_t i = 0; i < iterations; ++i) {
      ++serial;
      check_path_and_release(make_tree(depth, serial), depth, serial);
    }
  }

  void pass() {
    std::int32_t serial = 1;
    check_path_and_release(make_tree(stretch_depth_, serial), stretch_depth_, serial);

    const std::int32_t long_lived_serial = ++serial;
    Node* const long_lived = populate(most_depth_, long_lived_serial);
    auto* const array = static_cast<double*>(Memory::zeroed_data(array_length_ * sizeof(double)));
    for (std::size_t i = 0; i < array_length_ / 2; ++i) array[i] = element(i);

    for (int depth = least_depth_; depth <= most_depth_; depth += 2) construct(depth, serial);

    const std::uint64_t nodes = check_all(long_lived, most_depth_, long_lived_serial);
    check(nodes == tree_size(most_depth_), "gcbench: the long-lived tree has lost nodes");
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < array_length_; ++i) wrong += array[i] != element(i);
    check(wrong == 0, "gcbench: the array has changed");
    checks_ += nodes + array_length_;
    if constexpr (Memory::explicit_release) Memory::release(array);
    release_tree(long_lived);
  }

  const int least_depth_;
  const int most_depth_;
  const int stretch_depth_;
  const std::size_t array_length_;
  std::uint64_t checks_ = 0;
};

}  // namespace tricolour::peers
