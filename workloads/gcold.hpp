// GCOld: a large live structure whose references change all the time.
//
// Purpose: the barrier's workload. Trees of height 14 fill the asked-for live size. Each step
// allocates 1 MB of short-lived arrays, replaces long-lived subtrees at a ratio to that, and swaps
// subtrees between random trees. One operation is one step.
//
// Invariant: every node carries its height, a serial of its own and a check word. Swaps exchange
// subtrees of one height, so that at the end the trees hold exactly as many nodes as at the
// beginning, no serial twice and every height right.
//
// Source: D. Detlefs's GCOld (Sun Microsystems), as rewritten by W. Clinger.
#pragma once

#include "workloads/program.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Gcold {
  static WorkloadInfo info() {
    return {
        .name = "gcold",
        .summary = "mutates references inside a large live structure",
        .source = "Detlefs, GCOld",
        .operation = "one step: 1 MB of short-lived arrays, and the old data's share of changes",
        .parameters = {
            {.name = "live_mb",
             .value = 64,
             .unit = "MB",
             .summary = "long-lived trees, in 10^6 bytes",
             .least = 1,
             .most = 65536,
             .small = 2},
            {.name = "ratio",
             .value = 10,
             .unit = "bytes/byte",
             .summary = "short-lived bytes per byte of long-lived data replaced; 0: none replaced",
             .least = 0,
             .most = 1e6},
            {.name = "mutations",
             .value = 500,
             .unit = "swaps/step",
             .summary = "pairs of subtrees that change places",
             .least = 0,
             .most = 1e8,
             .small = 200},
            {.name = "work",
             .value = 0,
             .unit = "rounds/array",
             .summary = "computation for each short-lived array",
             .least = 0,
             .most = 1e6}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t trees = tree_count(parameters);
    return Object::size_for(static_cast<std::uint32_t>(trees), 0) + trees * tree_bytes;
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Node {
    std::uint32_t height;
    std::uint32_t serial;
    std::uint64_t check;
  };
  static constexpr std::uint32_t height = 14;  ///< a tree's; a leaf's is 1
  static constexpr std::size_t node_bytes = Object::size_for(2, sizeof(Node));
  static constexpr std::size_t nodes_of(std::uint32_t tree_height) {
    return (std::size_t{1} << tree_height) - 1;
  }
  static constexpr std::size_t tree_bytes = ((std::size_t{1} << height) - 1) * node_bytes;
  static constexpr std::size_t array_words = 100;
  static constexpr std::size_t step_bytes = 1'000'000;

  static std::size_t tree_count(const Parameters& parameters) {
    return std::max<std::size_t>(
        2, static_cast<std::size_t>(parameters.number("live_mb") * 1e6) / tree_bytes);
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          ratio_(run.parameters.number("ratio")),
          mutations_(run.parameters.count("mutations")),
          work_(run.parameters.count("work")),
          trees_(m, m.allocate(static_cast<std::uint32_t>(tree_count(run.parameters)), 0)),
          young_(m) {}

    void build() {
      for (std::size_t i = 0; i < trees_->slot_count(); ++i) {
        Object* const tree = make_tree(height);
        m_.store(trees_, i, tree);
      }
    }

    void operation() {
      std::size_t allocated = 0;
      while (allocated < step_bytes) allocated += allocate_young();
      if (ratio_ > 0) {
        for (owed_bytes_ += static_cast<double>(allocated) / ratio_;
             owed_bytes_ >= static_cast<double>(node_bytes);)
          owed_bytes_ -= replace();
      }
      for (std::size_t i = 0; i < mutations_; ++i) {
        swap_subtrees();
        m_.poll();
      }
    }

    /// Every tree complete, every node intact, no node in two places.
    void check() {
      std::vector<bool> seen(std::size_t{serials_} + 1);
      for (std::size_t i = 0; i < trees_->slot_count(); ++i) {
        check_below(m_.load(trees_, i), height, seen);
        m_.poll();
      }
      WorkloadRun::check(result_ != 1, "gcold: the computation went wrong");
    }

   private:
    Object* make_tree(std::uint32_t tree_height) {
      const Root node{m_, make_node(tree_height)};
      for (std::uint32_t side = 0; side < 2 && tree_height > 1; ++side) {
        Object* const child = make_tree(tree_height - 1);
        m_.store(node, side, child);
      }
      return node;
    }
    Object* make_node(std::uint32_t node_height) {
      Object* const node = m_.allocate(2, sizeof(Node));
      ++serials_;
      *node->template payload<Node>() = {node_height, serials_, mix(serials_)};
      return node;
    }

    /// The array before this one dies, after a look at it.
    std::size_t allocate_young() {
      m_.poll();
      Object* const array = m_.allocate(0, array_words * sizeof(std::uint64_t));
      std::uint64_t* const words = array->template payload<std::uint64_t>();
      words[0] = words[array_words - 1] = ++arrays_;
      for (std::size_t i = 0; i < work_; ++i) result_ = mix(result_ + words[i % array_words]);
      if (young_.get() != nullptr) {
        const std::uint64_t* const before = young_->template payload<std::uint64_t>();
        WorkloadRun::check(before[0] == arrays_ - 1 && before[array_words - 1] == arrays_ - 1,
                           "gcold: a short-lived array has changed");
      }
      young_ = array;
      return array->bytes();
    }

    /// Replaces the largest subtree that is not more than what is owed; returns its bytes.
    double replace() {
      std::uint32_t new_height = 1;
      while (new_height < height &&
             static_cast<double>(nodes_of(new_height + 1) * node_bytes) <= owed_bytes_)
        ++new_height;
      Object* const made = make_tree(new_height);
      if (new_height == height) {
        m_.store(trees_, random_.below(trees_->slot_count()), made);
      } else {
        Object* const parent = descend(random_tree(), height - new_height - 1, random_.next());
        m_.store(parent, random_.below(2), made);
      }
      return static_cast<double>(nodes_of(new_height) * node_bytes);
    }

    void swap_subtrees() {
      const auto levels = static_cast<std::uint32_t>(random_.below(height - 1));
      const std::uint64_t path = random_.next();
      Object* const one = descend(random_tree(), levels, path);
      Object* const other = descend(random_tree(), levels, path);
      const std::uint32_t side = path >> levels & 1;
      Object* const moved = m_.load(one, side);
      WorkloadRun::check(node(moved).height == height - levels - 1,
                         "gcold: a subtree is not as high as it was");
      m_.store(one, side, m_.load(other, side));
      m_.store(other, side, moved);
    }
    Object* random_tree() { return m_.load(trees_, random_.below(trees_->slot_count())); }
    Object* descend(Object* tree, std::uint32_t levels, std::uint64_t path) {
      for (std::uint32_t i = 0; i < levels; ++i, path >>= 1) {
        tree = m_.load(tree, path & 1);
        WorkloadRun::check(tree != nullptr, "gcold: a path ends too early");
      }
      return tree;
    }

    static const Node& node(const Object* object) {
      WorkloadRun::check(object != nullptr, "gcold: a subtree is missing");
      const Node& data = *object->template payload<Node>();
      WorkloadRun::check(data.check == mix(data.serial),
                         "gcold: a node does not hold what was written to it");
      return data;
    }
    void check_below(Object* tree, std::uint32_t expected_height, std::vector<bool>& seen) {
      const Node& data = node(tree);
      WorkloadRun::check(data.height == expected_height, "gcold: a node has the wrong height");
      WorkloadRun::check(data.serial <= serials_ && !seen[data.serial],
                         "gcold: a node is in two places");
      seen[data.serial] = true;
      for (std::uint32_t side = 0; side < 2 && expected_height > 1; ++side)
        check_below(m_.load(tree, side), expected_height - 1, seen);
    }

    Mutator<B>& m_;
    SplitMix random_;
    const double ratio_;
    const std::size_t mutations_;
    const std::size_t work_;
    const Root trees_;
    Root young_;
    double owed_bytes_ = 0;
    std::uint32_t serials_ = 0;
    std::uint64_t arrays_ = 0;
    std::uint64_t result_ = 0;
  };
};

}  // namespace tricolour
