// The self-checks of the workloads that hand objects over, and of the one with a deep stack: a
// write that does not happen is seen.
//
// Purpose: a workload is a judge of collectors only if its own check can fail. Each runs once as it
// is, with cycles, and once under a barrier that now and then forgets the write: an element is
// lost, or, where it should have been taken out, there twice.
#include <functional>

#include "barriers/none.hpp"
#include "collectors/collected_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/open_descriptors.hpp"
#include "workloads/churn_threads.hpp"
#include "workloads/deep_stack.hpp"
#include "workloads/fifo.hpp"
#include "workloads/graph.hpp"
#include "workloads/list.hpp"
#include "workloads/lru_cache.hpp"
#include "workloads/pipeline.hpp"
#include "workloads/quads.hpp"

namespace tricolour {
namespace {

/// `none`, but one write in 1009 is forgotten, and claims to have been done.
struct Forgetful {
  static constexpr BarrierTraits traits = None::traits;
  static constexpr unsigned forgotten_every = 1009;
  static inline std::atomic<unsigned> writes{0};  // relaxed: a count

  template <class M, class Write>
  static auto store(M&, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    using Result = decltype(write(std::memory_order_release));
    if (writes.fetch_add(1, std::memory_order_relaxed) % forgotten_every != forgotten_every - 1)
      return write(std::memory_order_release);
    if constexpr (std::is_same_v<Result, bool>) {
      return true;
    } else {
      return static_cast<Result>(slot.load());
    }
  }
};

class OneMutator : public RunControl {
 public:
  OneMutator(std::uint64_t operations, std::function<void()> at_begin)
      : operations_(operations), at_begin_(std::move(at_begin)) {}
  void arrive_at_begin(unsigned) override { at_begin_(); }
  void arrive_at_end(unsigned, std::uint64_t) override {}
  std::uint64_t operation_limit(unsigned) const override { return operations_; }
  RequestSink* requests(unsigned) override { return nullptr; }

 private:
  const std::uint64_t operations_;
  const std::function<void()> at_begin_;
};

struct Small {
  std::uint64_t operations;
  std::vector<std::pair<std::string_view, double>> parameters;
};

template <class Workload>
Parameters parameters_of(const Small& small) {
  Parameters parameters;
  for (const ParameterInfo& info : Workload::info().parameters)
    parameters.set(info.name, info.value);
  for (const auto& [name, value] : small.parameters) parameters.set(name, value);
  return parameters;
}

/// `at_begin` looks at the mutator when the data are built and the operations begin.
template <class Workload, Barrier B>
CollectorStatistics run_alone(
    const Small& small, const std::function<void(MutatorContext&)>& at_begin = [](auto&) {}) {
  const Parameters parameters = parameters_of<Workload>(small);
  CollectedHeapOptions options;
  options.heap.bytes = 4 * Workload::live_bytes(parameters) + (std::size_t{1} << 20);
  options.collector = "stop_the_world";
  CollectedHeap heap(options, B::traits);
  {
    Mutator<B> m(heap);
    OneMutator control(small.operations, [&] { at_begin(context_of(m)); });
    WorkloadRun run(parameters, control, 0, 1, 42);
    if constexpr (requires { Workload::template setup<B>(m, run); })
      Workload::template setup<B>(m, run);
    Workload::template run<B>(m, run);
  }
  return heap.collector().statistics();
}

template <class Workload>
void check_self_check(const Small& small) {
  CHECK(run_alone<Workload, None>(small).cycles > 0);
  Forgetful::writes = 0;
  CHECK_THROWS_AS((run_alone<Workload, Forgetful>(small)), SelfCheckFailed);
}

TEST_CASE("fifo sees that an element is missing") {
  check_self_check<Fifo>({100'000, {{"elements", 5000}}});
}
TEST_CASE("list sees that it is cut short") {
  check_self_check<List>({100'000, {{"nodes", 5000}, {"rebuild_every", 20'000}}});
}
TEST_CASE("quads sees that a subtree is missing") {
  check_self_check<Quads>({10'000, {{"depth", 6}}});
}
TEST_CASE("lru_cache sees that an entry is missing, or in two places") {
  check_self_check<LruCache>({100'000, {{"capacity", 2000}, {"rehash_every", 10'000}}});
}
TEST_CASE("pipeline sees that a message is missing, or twice there") {
  check_self_check<Pipeline>({200'000, {{"ring", 500}}});
}
TEST_CASE("graph sees that an edge is missing, or twice there") {
  check_self_check<Graph>({200'000, {{"nodes", 500}}});
}
TEST_CASE("churn_threads sees that a box is missing") {
  check_self_check<ChurnThreads>({1200, {{"cells", 300}}});
}
TEST_CASE("churn_threads closes its pipes, also where a box is missing") {
  const std::size_t before = open_descriptors();
  check_self_check<ChurnThreads>(
      {800, {{"cells", 20'000}, {"children", 64}, {"system_call_every", 1}}});
  CHECK(open_descriptors() == before);
}
TEST_CASE("deep_stack sees that a list is cut short") {
  check_self_check<DeepStack>({20'000, {{"frames", 2000}, {"live_mb", 1}}});
}
TEST_CASE("deep_stack is as deep, and has as much live data, as is asked for") {
  const Small small{20'000, {{"frames", 2000}, {"live_mb", 1}, {"return_every", 0}}};
  std::size_t depth = 0;
  const CollectorStatistics statistics = run_alone<DeepStack, None>(
      small, [&](MutatorContext& mutator) { depth = mutator.roots.handles().size(); });
  CHECK(depth == 2000);
  const auto declared = static_cast<double>(DeepStack::live_bytes(parameters_of<DeepStack>(small)));
  CHECK(declared == Approx(1e6).margin(32));
  CHECK(statistics.cycles > 0);
  CHECK(static_cast<double>(statistics.live_bytes) == Approx(declared).epsilon(0.02));
}
TEST_CASE("deep_stack sees a changed object, also at the end of a list") {
  const Small small{1, {{"frames", 2000}, {"live_mb", 1}}};
  const auto change = [](Object* object) { *object->payload<std::uint64_t>() ^= 1; };
  const auto change_first = [&](MutatorContext& mutator) {
    change(mutator.roots.handles().front());
  };
  const auto change_last = [&](MutatorContext& mutator) {
    Object* link = mutator.roots.handles().front();
    while (link->slot(0).load() != nullptr) link = link->slot(0).load();
    change(link);
  };
  CHECK_NOTHROW(run_alone<DeepStack, None>(small));
  CHECK_THROWS_AS((run_alone<DeepStack, None>(small, change_first)), SelfCheckFailed);
  CHECK_THROWS_AS((run_alone<DeepStack, None>(small, change_last)), SelfCheckFailed);
}

}  // namespace
}  // namespace tricolour
