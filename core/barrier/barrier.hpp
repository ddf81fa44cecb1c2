// Barriers as seen from outside: traits, and the concept a barrier satisfies.
//
// Purpose: a barrier is a struct with a `traits` constant and a static member template
//
//   template <class M, class Write>
//   static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
//                     typename M::Reference value, Write write);
//
// called for every reference store, null and initialising ones included, with the old value still
// in the slot. `write(order)` performs the store itself (a plain store, an exchange or a
// compare-exchange) with `order`, release or seq_cst, and its result is returned. A read barrier
// (`traits.guards_loads`) has `load(m, source, slot)` as well, called for every reference load. M
// is an environment: the real mutator, an arm of the barrier-cost benchmark, or a model. It
// provides
//
//   m.marking()               is this mutator's barrier on?
//   m.load(slot)              the slot's value now
//   m.shade(value)            if not null and white: mark it and put it into the grey set
//   m.is_black(source, slot)  has the marker passed that slot's object, in the sense of
//                             `traits.black_means`?
//   m.is_white(value)         not null and not yet marked
//   m.is_grey(source, slot)   is that slot's object marked, but not yet black in the sense of
//                             `traits.black_means`?
//   m.regrey(source, slot)    make a black source (of an array: the slot's chunk) grey again, and
//                             push it
//   m.roots_scanned()         have this mutator's own roots been scanned in this cycle?
//   m.for_each_slot(source, slot, work)
//                             work(each) for every slot of the source (of an array: of the slot's
//                             chunk); `work` may make the requests of this list
//   m.mark_card(source, slot) the card of that slot's object is dirty from here on (release)
//                             [SideTable::cards]
//   m.is_logged(slot)         has the slot been logged in this cycle? A hint: relaxed
//                             [SideTable::log_bits]
//   m.try_log(slot)           log the slot; true for one caller per slot and cycle
//                             [SideTable::log_bits]
//
// Invariant: no safepoint falls between the first look of `store` and its last effect: nothing
// above polls, waits, allocates or fails. What a store costs is bounded: `for_each_slot` visits at
// most `most_whole_slots` slots.
//
// Chunks: an array above `most_whole_slots` slots has one colour per chunk, and the marker scans it
// chunk by chunk. `is_black`, `is_grey`, `regrey` and `for_each_slot` mean the slot's chunk: what a
// barrier learns of a colour is true of exactly the slots that it then visits. `m.load` reads a
// visited slot when the barrier asks for it. Another mutator's store to that slot may come before
// or after; that mutator's own barrier covers it.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace tricolour {

enum class Invariant : std::uint8_t { none, weak, strong };
enum class MutatorColour : std::uint8_t { none, grey, black };
enum class AllocationColour : std::uint8_t { white, black };
/// What a black object is to a barrier. `marked`: the barrier never asks, so marking goes from
/// white to black in one step. `started`: the marker blackens before its first look at the fields
/// (sequentially consistent, like the barrier's store). `completed`: the marker blackens after its
/// last look at the fields, and after it has marked what it saw there (release; the barrier
/// acquires).
enum class BlackMeans : std::uint8_t { marked, started, completed };
/// What a barrier writes beside the heap; core allocates it, the cycle clears and reads it.
enum class SideTable : std::uint8_t { none, cards, log_bits };

/// What is told of a barrier, and steers nothing.
struct BarrierCatalogue {
  std::string_view summary;  ///< one line: what it does on a store
  std::string_view source;   ///< the paper or system that it comes from
  /// Instructions that the store path has over a plain store while nothing is marked, and the load
  /// path over a plain load (GCC, x86-64; tools/check_hot_paths holds both true).
  unsigned idle_instructions = 0;
  unsigned idle_load_instructions = 0;
};

struct BarrierTraits {
  std::string_view name;
  BarrierCatalogue catalogue;
  Invariant invariant = Invariant::none;
  MutatorColour mutators = MutatorColour::none;
  AllocationColour allocation = AllocationColour::black;  ///< what `--allocate auto` takes
  bool sound_with_white_allocation = false;
  BlackMeans black_means = BlackMeans::marked;
  bool regreys = false;
  SideTable side_table = SideTable::none;
  bool ragged_safe = false;
  bool guards_loads = false;  ///< a read barrier
  bool has_flag = true;       ///< the guarded operation tests m.marking() before anything else
  bool reference = false;     ///< baselines and minimum heaps are measured with it

  /// May it run beside marking at all?
  constexpr bool keeps_an_invariant() const { return invariant != Invariant::none; }
  /// Must the roots be looked at again before marking ends?
  constexpr bool rescans_roots() const { return mutators == MutatorColour::grey; }
};

constexpr std::string_view to_string(Invariant i) {
  return i == Invariant::none ? "none" : i == Invariant::weak ? "weak" : "strong";
}
constexpr std::string_view to_string(MutatorColour c) {
  return c == MutatorColour::none ? "n/a" : c == MutatorColour::grey ? "grey" : "black";
}
constexpr std::string_view to_string(BlackMeans b) {
  return b == BlackMeans::marked ? "marked" : b == BlackMeans::started ? "started" : "completed";
}
constexpr std::string_view to_string(AllocationColour c) {
  return c == AllocationColour::white ? "white" : "black";
}

constexpr std::string_view to_string(SideTable t) {
  return t == SideTable::none ? "none" : t == SideTable::cards ? "cards" : "log_bits";
}

template <class... Types>
struct TypeList {};

/// What a barrier may ask: the list at the top of this file. Every environment is checked by it.
template <class M>
concept EnvironmentOfBarriers = requires(M& m, typename M::Reference object,
                                         typename M::SlotReference slot) {
  { m.marking() } -> std::same_as<bool>;
  { m.load(slot) } -> std::same_as<typename M::Reference>;
  { m.shade(object) } -> std::same_as<void>;
  { m.is_black(object, slot) } -> std::same_as<bool>;
  { m.is_white(object) } -> std::same_as<bool>;
  { m.is_grey(object, slot) } -> std::same_as<bool>;
  { m.regrey(object, slot) } -> std::same_as<void>;
  { m.roots_scanned() } -> std::same_as<bool>;
  {
    m.for_each_slot(object, slot, [](typename M::SlotReference) {})
    } -> std::same_as<void>;
  { m.mark_card(object, slot) } -> std::same_as<void>;
  { m.is_logged(slot) } -> std::same_as<bool>;
  { m.try_log(slot) } -> std::same_as<bool>;
};

template <class B>
concept Barrier = requires {
  { B::traits } -> std::convertible_to<BarrierTraits>;
};

/// Written against `M`: its stores, and where it guards loads those, too.
template <class B, class M>
concept BarrierOver = Barrier<B> && EnvironmentOfBarriers<M> &&
    requires(M& m, typename M::Reference object, typename M::SlotReference slot) {
  B::store(m, object, slot, object, [](std::memory_order) { return true; });
  requires !B::traits.guards_loads || requires {
    { B::load(m, object, slot) } -> std::same_as<typename M::Reference>;
  };
};

}  // namespace tricolour
