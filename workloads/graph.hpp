// Graph: a random graph whose edges change places.
//
// Purpose: mutation of a large old structure while it is being marked, in random order. Each node
// has `degree` edges, objects of their own that refer to a random node; nothing but one slot refers
// to an edge. Each mutator holds one more edge in its hand; one operation swaps it with an edge of
// a random node, by exchange or compare-exchange. Once in `renew_every` operations the edge in hand
// is made anew, with a random target: that is all that is allocated, so at 2x about live bytes / 48
// x renew_every swaps fall into one cycle of `stop_the_world`.
//
// Invariant: swaps permute the edges over slots and hands: at the end each edge number is there
// once. Nodes and edges carry their number and a check word.
//
// Ownership: nodes belong to the globals; every slot is shared. An edge's payload is written
// before it leaves its maker's hand.
//
// Nominal, with default parameters: mean size 51 bytes; 4 reference stores for each allocation and
// 1 more for its target; depth 4.
//
// Source: random graphs of P. Erdos, A. Renyi (1959), with every out-degree equal.
#pragma once

#include "workloads/intact.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Graph {
  static WorkloadInfo info() {
    return {.name = "graph",
            .summary = "swaps edges of a random graph",
            .source = "random graphs (Erdos, Renyi 1959)",
            .operation = "one edge swapped",
            .parameters = {{.name = "nodes",
                            .value = 50'000,
                            .unit = "nodes",
                            .summary = "of the graph",
                            .least = 16,
                            .most = 1e8,
                            .small = 4000},
                           {.name = "degree",
                            .value = 4,
                            .unit = "edges",
                            .summary = "that leave each node",
                            .least = 1,
                            .most = 1000},
                           {.name = "renew_every",
                            .value = 4,
                            .unit = "operations",
                            .summary = "mean distance of edges that are replaced",
                            .least = 1,
                            .most = 1e9}},
            .shared = true};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t nodes = parameters.count("nodes");
    const std::size_t degree = parameters.count("degree");
    return Object::size_for(nodes, 0) + nodes * (Object::size_for(degree, sizeof(Node)) +
                                                 degree * Object::size_for(1, sizeof(Edge)));
  }

  template <Barrier B>
  static void setup(Mutator<B>& m, WorkloadRun& run) {
    m.make_globals(first_hand + run.mutators);
    Walker<B>{m, run}.build();
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    Walker<B> walker{m, run};
    walker.take_first_edge();
    run.begin(m);
    while (run.next_operation()) walker.swap();
    walker.show_hand();
    run.end(m);
    if (run.mutator == 0) walker.check();
  }

 private:
  struct Node {
    std::uint64_t number;
    std::uint64_t check;
  };
  struct Edge {
    std::uint64_t number;
    std::uint64_t version;
    std::uint64_t check;
  };
  static constexpr std::uint32_t nodes_global = 0;
  static constexpr std::uint32_t first_hand = 1;

  /// One mutator, with an edge in its hand.
  template <Barrier B>
  class Walker {
   public:
    Walker(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          nodes_(run.parameters.count("nodes")),
          degree_(static_cast<std::uint32_t>(run.parameters.count("degree"))),
          renew_every_(run.parameters.count("renew_every")),
          mutator_(run.mutator),
          mutators_(run.mutators),
          hand_(m) {}

    /// Nodes first: any of them may be a target.
    void build() {
      Object* const table = m_.allocate(static_cast<std::uint32_t>(nodes_), 0);
      m_.store(m_.globals(), nodes_global, table);
      for (std::size_t i = 0; i < nodes_; ++i, m_.poll()) {
        Object* const node = m_.allocate(degree_, sizeof(Node));
        *node->template payload<Node>() = {i, mix(i)};
        m_.store(nodes(), i, node);
      }
      for (std::size_t i = 0; i < nodes_ * degree_; ++i, m_.poll()) {
        Object* const edge = make_edge(i, 0);
        m_.store(node(i / degree_), i % degree_, edge);
      }
    }
    void take_first_edge() { hand_ = make_edge(nodes_ * degree_ + mutator_, 0); }

    void swap() {
      m_.poll();
      Object* const from = any_node();
      const std::size_t at = random_.below(degree_);
      if (random_.once_in(2)) {
        hand_ = m_.exchange(from, at, hand_);
      } else {
        Object* const edge = m_.load(from, at);
        if (!m_.compare_exchange(from, at, edge, hand_)) return;  // another mutator was quicker
        hand_ = edge;
      }
      const Edge& edge = check_edge(hand_);
      if (random_.once_in(renew_every_)) hand_ = make_edge(edge.number, edge.version + 1);
    }

    /// Before `end`, for the check.
    void show_hand() { m_.store(m_.globals(), first_hand + mutator_, hand_); }

    /// After `end`: no mutator moves anything any more.
    void check() {
      std::vector<bool> seen(nodes_ * degree_ + mutators_);
      const auto see = [&](Object* edge) {
        const std::uint64_t number = check_edge(edge).number;
        WorkloadRun::check(number < seen.size() && !seen[number],
                           "graph: an edge is in two places");
        seen[number] = true;
      };
      for (unsigned i = 0; i < mutators_; ++i) see(m_.load(m_.globals(), first_hand + i));
      for (std::size_t i = 0; i < nodes_; ++i, m_.poll()) {
        Object* const from = node(i);
        WorkloadRun::check(from->template payload<Node>()->number == i,
                           "graph: a node is in another's place");
        for (std::size_t at = 0; at < degree_; ++at) see(m_.load(from, at));
      }
      // As many places as numbers, and none twice: all are there.
    }

   private:
    Object* nodes() { return m_.load(m_.globals(), nodes_global); }
    Object* node(std::size_t number) {
      Object* const found = m_.load(nodes(), number);
      check_node(found);
      return found;
    }
    Object* any_node() { return node(random_.below(nodes_)); }

    /// A safepoint.
    Object* make_edge(std::uint64_t number, std::uint64_t version) {
      Object* const edge = m_.allocate(1, sizeof(Edge));
      *edge->template payload<Edge>() = {number, version, mix(number ^ mix(version))};
      m_.store(edge, 0, any_node());
      return edge;
    }

    void check_node(const Object* found) {
      check_header(m_, found, degree_, sizeof(Node), "graph");
      const Node& data = *found->template payload<Node>();
      WorkloadRun::check(data.check == mix(data.number),
                         "graph: a node does not hold what was written to it");
    }
    const Edge& check_edge(Object* edge) {
      WorkloadRun::check(edge != nullptr, "graph: an edge is missing");
      check_header(m_, edge, 1, sizeof(Edge), "graph");
      const Edge& data = *edge->template payload<Edge>();
      WorkloadRun::check(data.check == mix(data.number ^ mix(data.version)),
                         "graph: an edge does not hold what was written to it");
      check_node(m_.load(edge, 0));
      return data;
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t nodes_;
    const std::uint32_t degree_;
    const std::size_t renew_every_;
    const unsigned mutator_;
    const unsigned mutators_;
    Root hand_;
  };
};

}  // namespace tricolour
