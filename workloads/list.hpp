// List: one long list, built anew now and then.
//
// Purpose: a trace without parallelism: the marker knows one node at a time, and each next one only
// when it has read the one before. One operation goes a node further along the list and makes one
// that refers to where it stands and dies at once; after `rebuild_every` operations the list is
// dropped and built anew.
//
// Invariant: serials fall by one from node to node, down to 0, and every node carries the number of
// the list that it belongs to, and a check word of both.
//
// Nominal, with default parameters: one size, 32 bytes; one reference store for each node; 1 of 5
// nodes survives its first collection, in bursts; depth is the number of nodes.
//
// Source: the worst case of parallel marking, a linked list; F. Siebert, "Limits of parallel
// marking garbage collection" (2008).
#pragma once

#include "workloads/intact.hpp"
#include "workloads/program.hpp"
#include "workloads/random.hpp"

namespace tricolour {

struct List {
  static WorkloadInfo info() {
    return {.name = "list",
            .summary = "walks one long list, which is built anew now and then",
            .source = "Siebert 2008",
            .operation = "one node further, and a short-lived one made",
            .parameters = {{.name = "nodes",
                            .value = 500'000,
                            .unit = "nodes",
                            .summary = "of the list",
                            .least = 1,
                            .most = 1e9,
                            .small = 20'000},
                           {.name = "rebuild_every",
                            .value = 2'000'000,
                            .unit = "operations",
                            .summary = "that one list lasts; 0: for ever",
                            .least = 0,
                            .most = 1e12,
                            .small = 50'000}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    return parameters.count("nodes") * Object::size_for(1, sizeof(Node));
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Node {
    std::uint32_t serial;
    std::uint32_t list;
    std::uint64_t check;
  };
  static std::uint64_t check_word(std::uint32_t serial, std::uint32_t list) {
    return mix(std::uint64_t{list} << 32 | serial);
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          nodes_(static_cast<std::uint32_t>(run.parameters.count("nodes"))),
          rebuild_every_(run.parameters.count("rebuild_every")),
          head_(m),
          place_(m),
          short_lived_(m) {}

    void build() {
      head_ = nullptr;
      place_ = nullptr;
      short_lived_ = nullptr;
      ++list_;
      for (std::uint32_t serial = 0; serial < nodes_; ++serial) head_ = make_node(serial, head_);
    }

    void operation() {
      m_.poll();
      if (rebuild_every_ != 0 && ++since_built_ > rebuild_every_) {
        build();
        since_built_ = 1;
      }
      go_on();
      if (short_lived_.get() != nullptr) check_node(short_lived_, made_);
      short_lived_ = make_node(++made_, place_);
    }

    /// The whole list, from its first node to its last.
    void check() {
      place_ = nullptr;
      do {
        go_on();
        m_.poll();
      } while (serial_ != 0);
      WorkloadRun::check(m_.load(place_, 0) == nullptr, "list: the list does not end");
    }

   private:
    /// Behind the last node comes the first.
    void go_on() {
      Object* const next = place_.get() == nullptr ? nullptr : m_.load(place_, 0);
      if (next == nullptr) {
        WorkloadRun::check(place_.get() == nullptr || serial_ == 0, "list: the list is cut short");
        place_ = head_.get();
        serial_ = nodes_ - 1;
      } else {
        place_ = next;
        --serial_;
      }
      check_node(place_, serial_);
    }

    /// A safepoint.
    Object* make_node(std::uint32_t serial, const Root& next) {
      Object* const node = m_.allocate(1, sizeof(Node));
      *node->template payload<Node>() = {serial, list_, check_word(serial, list_)};
      m_.store(node, 0, next);
      return node;
    }

    void check_node(const Object* node, std::uint32_t serial) {
      check_header(m_, node, 1, sizeof(Node), "list");
      const Node& data = *node->template payload<Node>();
      WorkloadRun::check(data.check == check_word(data.serial, data.list),
                         "list: a node does not hold what was written to it");
      WorkloadRun::check(data.serial == serial, "list: a node is in another's place");
    }

    Mutator<B>& m_;
    const std::uint32_t nodes_;
    const std::uint64_t rebuild_every_;
    Root head_;
    Root place_;
    Root short_lived_;
    std::uint32_t serial_ = 0;  ///< of the node at `place_`
    std::uint32_t list_ = 0;
    std::uint32_t made_ = 0;  ///< short-lived nodes
    std::uint64_t since_built_ = 0;
  };
};

}  // namespace tricolour
