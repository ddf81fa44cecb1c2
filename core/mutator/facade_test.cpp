// What a workload may ask of its mutator, and what it cannot reach: the compiler is asked.
//
// Purpose: this file includes what a workload includes. Each member of a mutator's context is asked
// of the context too, so that a member that was renamed fails here and is not taken for hidden.
#include <algorithm>
#include <array>
#include <atomic>
#include <concepts>
#include <functional>

#include "barriers/baker.hpp"
#include "barriers/yuasa.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

template <class M>
concept OffersAllOperations = requires(M& m, Object* object, const Root& root, std::size_t i) {
  { m.allocate(std::uint32_t{1}, i) } -> std::same_as<Object*>;
  { m.load(object, i) } -> std::same_as<Object*>;
  { m.store(object, i, object) } -> std::same_as<void>;
  { m.exchange(object, i, object) } -> std::same_as<Object*>;
  { m.compare_exchange(object, i, object, object) } -> std::same_as<bool>;
  { m.copy_range(root, i, root, i, i) } -> std::same_as<void>;
  { m.clear_range(root, i, i) } -> std::same_as<void>;
  { m.poll() } -> std::same_as<void>;
  {
    m.blocking([] { return 1; })
    } -> std::same_as<int>;
  { m.make_globals(std::uint32_t{1}) } -> std::same_as<Object*>;
  { m.globals() } -> std::same_as<Object*>;
  { m.in_heap(object) } -> std::same_as<bool>;
  Root{m};
  Root{m, object};
  Root{m, root};
};

using Arrival = std::function<void(MutatorContext&)>;

/// Of each member of a mutator's context that no workload may reach: does it compile?
// clang-format off
template <class M>
constexpr std::array context_members{
    // The heap, and all that it holds.
    requires(M& m) { m.heap(); },
    // Roots and safepoints.
    requires(M& m) { m.roots.handles(); },
    requires(M& m) { m.safepoint.status.load(); },
    requires(M& m) { m.safepoint.poll.load(); },
    requires(M& m) { m.require_no_roots(); },
    requires(M& m) { m.require_safepoint(); },
    // Phase and colours.
    requires(M& m) { m.phase(); },
    requires(M& m, const PhaseState& phase) { m.adopt(phase); },
    requires(M& m) { m.marking(); },
    requires(M& m) { m.roots_scanned(); },
    requires(M& m) { m.rescan_at_once(); },
    requires(M& m, Object* object) { m.is_white(object); },
    requires(M& m, Object* object, Slot& slot) { m.is_black(object, slot); },
    requires(M& m, Object* object, Slot& slot) { m.is_grey(object, slot); },
    // Grey objects and side tables.
    requires(M& m, Object* object) { m.shade(object); },
    requires(M& m) { m.flush_shade_buffer(); },
    requires(M& m) { m.shade_buffer_empty(); },
    requires(M& m, Object* object, Slot& slot) { m.regrey(object, slot); },
    requires(M& m, Object* object, Slot& slot) { m.mark_card(object, slot); },
    requires(M& m, Slot& slot) { m.is_logged(slot); },
    requires(M& m, Slot& slot) { m.try_log(slot); },
    // Slots without a barrier.
    requires(M& m, Slot& slot) { m.load(slot); },
    requires(M& m, Slot& slot, Object* value, std::memory_order o) { m.write(slot, value, o); },
    requires(M& m, Slot& slot, Object* value, std::memory_order o) { m.exchange(slot, value, o); },
    requires(M& m, Slot& slot, Object* value, std::memory_order o) {
      m.compare_exchange(slot, value, value, o);
    },
    requires(M& m, Object* object, Slot& slot) { m.for_each_slot(object, slot, [](Slot&) {}); },
    // Memory, checks and accounts.
    requires(M& m) { m.retire_holes(); },
    requires(M& m, Object* object) { m.note(object); },
    requires(M& m) { m.note_safepoint(); },
    requires(M& m, Object* object) { m.require_alive(object); },
    requires(M& m, Object* object) { m.require_slots(object, 0, 1); },
    requires(M& m) { m.index(); },
    requires(M& m) { m.switch_activity(Activity::running); },
    requires(M& m) { m.time_by_activity(Nanoseconds{0}); },
    requires(M& m) { m.restart_accounting(); },
    requires(M& m) { m.allocated_bytes(); },
    requires(M& m) { m.allocated_objects(); },
    // The context as a whole, and as it registers.
    requires(Heap& heap, Arrival arrival) {
      M(heap, MutatorStatus::blocked, arrival, BlackMeans::marked);
    },
    requires(M& m, void take(MutatorContext&)) { take(m); },
    requires(M& m) { static_cast<const MutatorContext&>(m); },
};
// clang-format on

// What the compiler must refuse although nothing of that form is in the context.
template <class M>
concept ShowsItsContext = requires(M& m) {
  context_of(m);
}
|| requires(Heap& heap, const Arrival& arrival) { M({}, heap, arrival); };

template <class M>
constexpr bool hides_its_context =
    !ShowsItsContext<M> && std::ranges::none_of(context_members<M>, std::identity{});

}  // namespace

TEST_CASE("a mutator offers a workload every operation on references, roots and globals",
          "[facade]") {
  STATIC_REQUIRE(OffersAllOperations<Mutator<Yuasa>>);
  STATIC_REQUIRE(OffersAllOperations<Mutator<Baker>>);
  STATIC_REQUIRE(std::constructible_from<Mutator<Yuasa>, Heap&>);
}

TEST_CASE("a mutator hides its context", "[facade]") {
  STATIC_REQUIRE(std::ranges::all_of(context_members<MutatorContext>, std::identity{}));
  STATIC_REQUIRE(std::ranges::all_of(context_members<BarrierEnvironment>, std::identity{}));
  STATIC_REQUIRE(hides_its_context<Mutator<Yuasa>>);
  STATIC_REQUIRE(hides_its_context<Mutator<Baker>>);
}

}  // namespace tricolour
