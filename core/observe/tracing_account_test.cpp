#include "core/observe/tracing_account.hpp"

#include "barriers/none.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

void tell(bench::BenchHeap<bench::NoCollection>& bench, MutatorContext& mutator, bool tracing) {
  bench::change_phase(bench.heap, [tracing](PhaseState& phase) { phase.tracing = tracing; });
  mutator.adopt(bench.heap.phase());
}

}  // namespace

TEST_CASE("stretches of tracing add up, the present one included", "[activity]") {
  TracingAccount account;
  CHECK(account.totals({1000, 50}).mutator_time_ns == 0);
  account.change(true, {1000, 50});
  CHECK(account.totals({1300, 70}).mutator_time_ns == 300);
  CHECK(account.totals({1300, 70}).allocated_bytes == 20);
  account.change(false, {1400, 80});
  account.change(true, {5000, 1000});
  const TracingTotals all = account.totals({5001, 1002});
  CHECK(all.mutator_time_ns == 401);
  CHECK(all.allocated_bytes == 32);
}

TEST_CASE("a mutator accounts for what it allocates while a cycle is under way", "[activity]") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Mutator<None> m(bench.heap);
  MutatorContext& mutator = context_of(m);
  const auto allocate = [&m](int objects) {
    for (int i = 0; i < objects; ++i) m.allocate(1, 0);
  };
  const std::size_t bytes = Object::size_for(1, 0);
  allocate(1000);
  CHECK(mutator.while_tracing().allocated_bytes == 0);
  tell(bench, mutator, true);
  allocate(100);
  CHECK(mutator.while_tracing().allocated_bytes == 100 * bytes);
  tell(bench, mutator, false);
  const Nanoseconds before = mutator.while_tracing().mutator_time_ns;
  CHECK(before > 0);
  allocate(1000);
  CHECK(mutator.while_tracing().mutator_time_ns == before);
  tell(bench, mutator, true);
  allocate(10);
  CHECK(mutator.while_tracing().allocated_bytes == 110 * bytes);
  m.blocking([&] {
    Mutator<None> born_meanwhile(bench.heap);
    born_meanwhile.allocate(1, 0);
    CHECK(context_of(born_meanwhile).while_tracing().allocated_bytes == bytes);
  });
}

}  // namespace tricolour
