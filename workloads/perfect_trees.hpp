// Perfect binary trees that can be checked: the data structure of gcbench, mt_gcbench and
// binary_trees.
//
// Purpose: builds trees top-down or bottom-up, and reads back one path or every node.
//
// Invariant: a node carries the serial of its tree and its own position (root 1, children 2p and 2p
// + 1), so that a node that was freed, reused or hung up elsewhere is seen. `Holes` is called
// before each child of a tree built top-down, and before each inner node of one built bottom-up; it
// may allocate.
//
// Source: populate and MakeTree of J. Ellis, P. Kovac, H.-J. Boehm, "An Artificial Garbage
// Collection Benchmark" (1997).
#pragma once

#include "workloads/workload.hpp"

namespace tricolour {

struct TreeNode {
  static constexpr std::uint32_t slots = 2;
  static constexpr std::size_t bytes = Object::size_for(slots, 2 * sizeof(std::int32_t));

  std::int32_t serial;
  std::int32_t position;
};
static_assert(TreeNode::bytes == 32);

/// Nodes of a perfect tree; a tree of depth 0 is one node.
constexpr std::uint64_t tree_size(int depth) { return (std::uint64_t{2} << depth) - 1; }

struct NoHoles {
  template <Barrier B>
  void before_node(Mutator<B>&) {}
};

template <Barrier B, class Holes = NoHoles>
class PerfectTrees {
 public:
  explicit PerfectTrees(Mutator<B>& m, Holes holes = {}) : m_(m), holes_(holes) {}

  /// Top-down: the root first, then its children, then theirs. A safepoint.
  Object* populate(int depth, std::int32_t serial) {
    const Root root{m_, node(serial, 1)};
    if (depth > 0) populate_below(root, depth, serial, 1);
    return root;
  }

  /// Bottom-up: the children first. A safepoint.
  Object* make_tree(int depth, std::int32_t serial) {
    return depth == 0 ? node(serial, 1) : make_above(depth, serial, 1);
  }

  /// Follows one path, chosen by the serial, from the root to a leaf, and checks the leaf. No
  /// safepoint.
  void check_path(Object* tree, int depth, std::int32_t serial) {
    const std::uint32_t turns = static_cast<std::uint32_t>(serial) * 0x9e3779b9u >> 7;
    std::int32_t position = 1;
    for (int level = 0; level < depth && tree != nullptr; ++level) {
      const std::uint32_t side = turns >> level & 1;
      tree = m_.load(tree, side);
      position = 2 * position + static_cast<std::int32_t>(side);
    }
    check_node(tree, serial, position);
    check_leaf(tree);
  }

  /// Checks every node and returns how many there are. A safepoint.
  std::uint64_t check_all(const Root& tree, int depth, std::int32_t serial,
                          std::int32_t position = 1) {
    m_.poll();
    if (depth <= unpolled_depth) return check_below(tree, depth, serial, position);
    check_node(tree, serial, position);
    std::uint64_t nodes = 1;
    for (std::uint32_t side = 0; side < 2; ++side) {
      const Root child{m_, m_.load(tree, side)};
      nodes += check_all(child, depth - 1, serial, 2 * position + static_cast<std::int32_t>(side));
    }
    return nodes;
  }

 private:
  /// Trees of this depth are read without a poll: a microsecond or so.
  static constexpr int unpolled_depth = 8;

  [[gnu::always_inline]] Object* node(std::int32_t serial, std::int32_t position) {
    Object* const made = m_.allocate(TreeNode::slots, sizeof(TreeNode));
    *made->template payload_behind<TreeNode>(TreeNode::slots) = {serial, position};
    return made;
  }

  /// A subtree that is no leaf. Leaves are made in their parent's frame: half of all calls less.
  Object* make_above(int depth, std::int32_t serial, std::int32_t position) {
    const Root left{
        m_, depth == 1 ? node(serial, 2 * position) : make_above(depth - 1, serial, 2 * position)};
    const Root right{m_, depth == 1 ? node(serial, 2 * position + 1)
                                    : make_above(depth - 1, serial, 2 * position + 1)};
    holes_.before_node(m_);
    Object* const made = node(serial, position);
    m_.store(made, 0, left);
    m_.store(made, 1, right);
    return made;
  }

  void populate_below(const Root& parent, int depth, std::int32_t serial, std::int32_t position) {
    holes_.before_node(m_);
    Object* const left = node(serial, 2 * position);
    m_.store(parent, 0, left);
    holes_.before_node(m_);
    Object* const right = node(serial, 2 * position + 1);
    m_.store(parent, 1, right);
    if (depth == 1) return;
    Root child{m_, m_.load(parent, 0)};
    populate_below(child, depth - 1, serial, 2 * position);
    child = m_.load(parent, 1);
    populate_below(child, depth - 1, serial, 2 * position + 1);
  }

  static void check_node(const Object* tree, std::int32_t serial, std::int32_t position) {
    WorkloadRun::check(tree != nullptr, "a tree has lost a node");
    const TreeNode data = *tree->template payload<TreeNode>();
    WorkloadRun::check(data.serial == serial && data.position == position,
                       "a tree's node does not hold what was written to it");
  }
  void check_leaf(Object* leaf) {
    WorkloadRun::check(m_.load(leaf, 0) == nullptr && m_.load(leaf, 1) == nullptr,
                       "a tree's leaf has children");
  }

  std::uint64_t check_below(Object* tree, int depth, std::int32_t serial, std::int32_t position) {
    check_node(tree, serial, position);
    if (depth == 0) {
      check_leaf(tree);
      return 1;
    }
    return 1 + check_below(m_.load(tree, 0), depth - 1, serial, 2 * position) +
           check_below(m_.load(tree, 1), depth - 1, serial, 2 * position + 1);
  }

  Mutator<B>& m_;
  [[no_unique_address]] Holes holes_;
};

}  // namespace tricolour
