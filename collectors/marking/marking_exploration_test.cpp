// Scanner, side metadata and a mutator's colours, their own source, beside barriers' stores under
// models of memory: no schedule loses an object, and with any order stated weaker one does.
#include <cstdio>

#include "barriers/abraham_patel.hpp"
#include "barriers/baker.hpp"
#include "barriers/dijkstra_black.hpp"
#include "barriers/steele.hpp"
#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/marking_program.hpp"

namespace tricolour::exploration {
namespace {

constexpr unsigned none = MarkingHeap::none;
constexpr MutatorStep load_root(unsigned root, unsigned object, unsigned slot = 0) {
  return {MutatorStep::Kind::load, root, object, slot};
}
constexpr MutatorStep store_root(unsigned root, unsigned object, unsigned slot = 0) {
  return {MutatorStep::Kind::store, root, object, slot};
}
constexpr MutatorStep drop(unsigned root) { return {MutatorStep::Kind::drop, root}; }
constexpr MutatorStep hand_over() { return {MutatorStep::Kind::hand_over}; }
constexpr MutatorStep allocate(unsigned root) { return {MutatorStep::Kind::allocate, root}; }

using Programs = std::vector<MarkingProgram>;

const Programs& programs() {
  static const auto all = [] {
    Programs list;
    const auto add = [&](const char* name, const ModelledBarrier& barrier, const MarkingHeap& heap,
                         MarkingProgram::Scripts scripts) {
      list.emplace_back(name, barrier, heap, std::move(scripts));
    };
    // The only reference to object 1 moves from a root into object 0.
    const MarkingHeap hidden{.referents = {none, none}, .roots = {{1, none}}};
    add("insertion", modelled<DijkstraBlack>(), hidden, {{store_root(0, 0), drop(0)}});
    add("regreying", modelled<Steele>(), hidden, {{store_root(0, 0), drop(0)}});
    add("regreying by two", modelled<Steele>(),
        {.slots = 2, .referents = {none, none, none}, .roots = {{1, none}, {2, none}}},
        {{store_root(0, 0, 0), drop(0)}, {store_root(0, 0, 1), drop(0)}});
    add("regreyed and handed over", modelled<Steele>(), hidden,
        {{store_root(0, 0), hand_over(), drop(0)}});
    add("regreying by two, handed over", modelled<Steele>(),
        {.slots = 2, .referents = {none, none, none}, .roots = {{1, none}, {2, none}}},
        {{store_root(0, 0, 0), hand_over(), drop(0)}, {store_root(0, 0, 1), drop(0)}});
    // The only reference to object 1 moves from object 0 into a root.
    const MarkingHeap taken{.referents = {1, none}, .roots = {{none, none}}};
    add("deletion", modelled<AbrahamPatel>(), taken, {{load_root(0, 0), store_root(none, 0)}});
    add("read barrier", modelled<Baker>(), taken, {{load_root(0, 0)}, {store_root(none, 0)}});
    add("new object", modelled<DijkstraBlack>(), {.referents = {none, none}, .unallocated = 1},
        {{allocate(0), store_root(0, 0), drop(0)}});
    add("new object, loaded by another", modelled<DijkstraBlack>(),
        {.referents = {none, none}, .unallocated = 1},
        {{allocate(0), store_root(0, 0), drop(0)}, {load_root(0, 0)}});
    add("new object, read barrier", modelled<Baker>(),
        {.referents = {none, none}, .unallocated = 1}, {{allocate(0), store_root(0, 0), drop(0)}});
    return list;
  }();
  return all;
}

/// Larger ones: no order needs them.
const Programs& deeper_programs() {
  static const auto all = [] {
    const MarkingHeap chain{
        .slots = 2, .referents = {none, 2, none}, .roots = {{1, none}, {1, none}}};
    const std::vector<MutatorStep> second = {store_root(0, 0, 1), hand_over(), drop(0)};
    Programs list;
    list.emplace_back("shaded by two", modelled<DijkstraBlack>(), chain,
                      MarkingProgram::Scripts{{store_root(0, 0), hand_over(), drop(0)}, second});
    list.emplace_back("regreyed by two", modelled<Steele>(), chain,
                      MarkingProgram::Scripts{
                          {store_root(0, 0), hand_over(), store_root(none, 0), drop(0)}, second});
    list.emplace_back(
        "deleted by two", modelled<AbrahamPatel>(),
        MarkingHeap{.slots = 2, .referents = {1, 2, none}, .roots = {{none, none}, {none, none}}},
        MarkingProgram::Scripts{
            {load_root(0, 0), store_root(none, 0), load_root(1, 1), hand_over()},
            {load_root(0, 1), store_root(none, 1), hand_over(), drop(0)}});
    return list;
  }();
  return all;
}

/// Programs that go wrong under a model of memory as their source is.
template <template <class, unsigned, unsigned> class MemoryOf>
std::vector<std::string> wrong_under(const Programs& programs) {
  std::vector<std::string> wrong;
  for (const MarkingProgram& program : programs) {
    const Coverage coverage = search_program<MemoryOf>(program);
    std::printf("%-4s %-30s %9llu states\n", MemoryOf<Word, 1, 1>::name, program.name().c_str(),
                static_cast<unsigned long long>(coverage.states));
    if (coverage.violated)
      wrong.push_back(program.name() + "\n" + steps_of<MemoryOf>(program, {}, coverage));
    if (!coverage.exhausted && !searches_are_cut_short)
      wrong.push_back(program.name() + " has too many states");
  }
  return wrong;
}

/// The one place in `function` at which an access of that kind and order was seen.
OrderSite site_in(std::string_view function, AccessKind kind, std::memory_order order) {
  OrderSites sites;
  for (const MarkingProgram& program : programs()) search_program(program, {}, &sites);
  std::vector<OrderSite> found;
  for (const OrderSite& site : sites.all()) {
    if (site.function == function && site.kind == kind && site.order == order)
      found.push_back(site);
  }
  REQUIRE(found.size() == 1);
  return found.front();
}

/// The programs that lose an object when that place states another order.
template <template <class, unsigned, unsigned> class MemoryOf>
std::vector<std::string> losing_with(const OrderSite& site, std::memory_order weaker) {
  std::vector<std::string> losing;
  for (const MarkingProgram& program : programs()) {
    const Coverage coverage = search_program<MemoryOf>(program, Weakening(site, weaker));
    if (coverage.violated) losing.push_back(program.name());
  }
  return losing;
}

}  // namespace

TEST_CASE("fault blacken_started_releases: x86 loses what is stored behind the scan",
          "[marking][exploration]") {
  const OrderSite black = site_in("blacken_started", AccessKind::store, std::memory_order_seq_cst);
  CHECK(losing_with<SequentialMemory>(black, std::memory_order_release).empty());
  const auto on_x86 = losing_with<StoreBufferMemory>(black, std::memory_order_release);
  CHECK(std::ranges::count(on_x86, "insertion") == 1);
  CHECK(std::ranges::count(on_x86, "regreying") == 1);
  const auto elsewhere = losing_with<ReleaseAcquireMemory>(black, std::memory_order_release);
  CHECK(std::ranges::count(elsewhere, "insertion") == 1);
}

TEST_CASE("marking beside barriers loses no object: sc, tso", "[marking][exploration]") {
  CHECK(wrong_under<SequentialMemory>(programs()) == std::vector<std::string>{});
  CHECK(wrong_under<StoreBufferMemory>(programs()) == std::vector<std::string>{});
}

TEST_CASE("marking beside barriers loses no object: ra; with any order weakened it does",
          "[marking][exploration]") {
  CHECK(wrong_under<ReleaseAcquireMemory>(programs()) == std::vector<std::string>{});
  CHECK(order_complaints(programs()) == std::vector<std::string>{});
}

TEST_CASE("marking beside barriers loses no object, deeper", "[.][deep]") {
  CHECK(wrong_under<SequentialMemory>(deeper_programs()) == std::vector<std::string>{});
  CHECK(wrong_under<StoreBufferMemory>(deeper_programs()) == std::vector<std::string>{});
  CHECK(wrong_under<ReleaseAcquireMemory>(deeper_programs()) == std::vector<std::string>{});
}

}  // namespace tricolour::exploration
