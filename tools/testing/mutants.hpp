// Barriers that are wrong, for tests: the seeded faults that no switch can make, and a few that
// a check must catch.
//
// Purpose: each mutant changes one thing and keeps its original's traits, unless the traits are
// what is wrong. The conformance suite, random mutators and the explorer kill the same ones.
#pragma once

#include <type_traits>
#include <utility>

#include "barriers/abraham_patel.hpp"
#include "barriers/baker.hpp"
#include "barriers/boehm_cards.hpp"
#include "barriers/dijkstra.hpp"
#include "barriers/dijkstra_black.hpp"
#include "barriers/dlg.hpp"
#include "barriers/field_log.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/sliding_views.hpp"
#include "barriers/yuasa.hpp"

namespace tricolour {

/// Fault 1: the flag is loaded before a poll and used after it.
struct LoadsFlagBeforePoll {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    const bool marking = m.marking();
    m.poll();
    if (marking) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};

/// Fault 2.
template <class Original>
struct ReadsOldValueAfterStore {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    const bool marking = m.marking();
    const auto result = write(std::memory_order_release);
    if (!marking) return result;
    m.shade(m.load(slot));
    if (!m.roots_scanned()) m.shade(value);
    return result;
  }
};

/// Fault 4.
template <class Original>
struct SkipsNullStores {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking() && value == nullptr) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};

/// Fault 5: no order between the store and the look at the source's colour.
struct ShadesIfBlackUnordered {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_release);
    if (m.is_black(source, slot)) m.shade(value);
    return result;
  }
};

/// Fault 5, one half: the source's colour is looked at before the store.
struct TestsBeforeItStores {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking() && m.is_black(source, slot)) m.shade(value);
    return write(std::memory_order_seq_cst);
  }
};

/// Fault 5, the other half: a deletion barrier that skips a source whose scan has only started.
struct SkipsWhatIsBeingScanned : AbrahamPatel {
  static constexpr BarrierTraits traits = [] {
    BarrierTraits changed = AbrahamPatel::traits;
    changed.black_means = BlackMeans::started;
    return changed;
  }();
};

/// Asked between the look at the old value and the store it would be harmless.
struct AsksAfterStore {
  static constexpr BarrierTraits traits = AbrahamPatel::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const typename M::Reference old_value = m.load(slot);
    const auto result = write(std::memory_order_release);
    if (!m.is_black(source, slot)) m.shade(old_value);
    return result;
  }
};

struct AsksAfterLoad : Baker {
  template <class M>
  static auto load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    if (!m.marking()) return m.load(slot);
    const typename M::Reference value = m.load(slot);
    if (m.is_grey(source, slot)) m.shade(value);
    return value;
  }
};

struct LoadsUnshaded : Baker {
  template <class M>
  static auto load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    if (m.marking()) m.is_grey(source, slot);
    return m.load(slot);
  }
};

/// The old value is read after the slot's bit was won: others store without a look by then.
struct ReadsOldValueAsWinner {
  static constexpr BarrierTraits traits = FieldLog::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (m.marking() && !m.is_logged(slot) && m.try_log(slot)) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};

struct DirtiesBeforeStore {
  static constexpr BarrierTraits traits = BoehmCards::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (m.marking()) m.mark_card(source, slot);
    return write(std::memory_order_release);
  }
};

struct InsertsUnshaded : Dijkstra {
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference, typename M::Reference,
                    Write write) {
    m.marking();
    return write(std::memory_order_release);
  }
};

/// Of what a black source holds only the first slot is shaded.
struct RescansFirstSlot {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_seq_cst);
    if (!m.is_black(source, slot)) return result;
    bool first = true;
    m.for_each_slot(source, slot, [&](typename M::SlotReference each) {
      if (std::exchange(first, false)) m.shade(m.load(each));
    });
    return result;
  }
};

/// The source is looked through before the store.
struct RescansBeforeStore {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (m.marking() && m.is_black(source, slot)) {
      m.for_each_slot(source, slot, [&](typename M::SlotReference each) { m.shade(m.load(each)); });
    }
    return write(std::memory_order_seq_cst);
  }
};

/// Hybrid without its insertion half, under the traits that let roots be scanned one mutator at a
/// time. Also fault 8.
struct IgnoresOwnRoots {
  static constexpr BarrierTraits traits = Hybrid::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    return Yuasa::store(m, source, slot, value, write);
  }
};

struct DlgKeepsOldUnshaded {
  static constexpr BarrierTraits traits = Dlg::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    return Dijkstra::store(m, source, slot, value, write);
  }
};

struct DlgStoresUnshaded {
  static constexpr BarrierTraits traits = Dlg::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    return Yuasa::store(m, source, slot, value, write);
  }
};

/// While its own roots are unscanned a mutator does not snoop.
struct ViewsDoNotSnoop {
  static constexpr BarrierTraits traits = SlidingViews::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    return SlidingViews::store(m, source, slot, nullptr, write);
  }
};

/// The object counts as logged before its fields are read.
struct LogsBeforeItReads {
  static constexpr BarrierTraits traits = SlidingViews::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking() && !m.is_logged(slot)) {
      m.for_each_slot(source, slot, [&m](typename M::SlotReference each) { m.try_log(each); });
      m.for_each_slot(source, slot,
                      [&m](typename M::SlotReference each) { m.shade(m.load(each)); });
    }
    if (m.marking() && !m.roots_scanned()) m.shade(value);
    return write(std::memory_order_release);
  }
};

/// Every field counts as logged, and only the one that is stored to was read.
struct LogsMoreThanItReads {
  static constexpr BarrierTraits traits = SlidingViews::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking() && !m.is_logged(slot)) {
      m.shade(m.load(slot));
      m.for_each_slot(source, slot, [&m](typename M::SlotReference each) { m.try_log(each); });
    }
    if (m.marking() && !m.roots_scanned()) m.shade(value);
    return write(std::memory_order_release);
  }
};

/// Fault 6.
struct AsksForRootsOfAnyMutator {
  static constexpr BarrierTraits traits = Hybrid::traits;
  static inline bool any_scanned = false;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking()) {
      any_scanned = any_scanned || m.roots_scanned();
      m.shade(m.load(slot));
      if (!any_scanned) m.shade(value);
    }
    return write(std::memory_order_release);
  }
};

/// Guards what is stored into the first slot of an object, and no other.
template <class Original>
struct GuardsFirstSlot {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (is_first(source, slot)) return Original::store(m, source, slot, value, write);
    m.marking();
    return write(std::memory_order_release);
  }

 private:
  /// A model's slot is a number, any other one a place in its object.
  static bool is_first(auto source, auto& slot) {
    if constexpr (requires { slot.index; }) {
      return slot.index == 0;
    } else {
      return &slot == source->slots();
    }
  }
};

struct WritesRelaxed {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    m.shade(m.load(slot));
    m.marking();
    return write(std::memory_order_relaxed);
  }
};

/// Fault 3: exchange and compare-exchange return something else than a plain store does, and so are
/// told apart.
template <class Original>
struct ExchangesWithoutBarrier {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    using Result = decltype(write(std::memory_order_release));
    constexpr bool exchanges =
        std::is_same_v<Result, typename M::Reference> || std::is_same_v<Result, bool>;
    if constexpr (exchanges) {
      return write(std::memory_order_release);
    } else {
      return Original::store(m, source, slot, value, write);
    }
  }
};

/// A safepoint may fall between shading and storing. Of dijkstra: its first version, as Stenning
/// and Woodger read it. Of yuasa also fault 11: a buffer-full path that polls.
template <class Original>
struct PollsBeforeStore {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    return Original::store(m, source, slot, value, [&](std::memory_order order) {
      if (m.marking()) m.poll();
      return write(order);
    });
  }
};

/// Fault 10: a store to a global skips the barrier. Globals are told by their place: the first
/// object of a model.
template <class Original>
struct SkipsGlobals {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (source == M::globals()) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};

}  // namespace tricolour
