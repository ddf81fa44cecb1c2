// Barriers that are wrong, for tests: the seeded faults that no switch can make, and a few that nobody should get away with.
//
// Purpose: each mutant changes one thing and keeps its original's traits, unless the traits are what is wrong.
#pragma once

#include "barriers/abraham_patel.hpp"
#include "barriers/baker.hpp"
#include "barriers/boehm_cards.hpp"
#include "barriers/dijkstra.hpp"
#include "barriers/dijkstra_black.hpp"
#include "barriers/field_log.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/yuasa.hpp"

namespace tricolour {

/// The flag is loaded before a poll and used after it.
struct LoadsFlagBeforePoll {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    const bool marking = m.marking();
    m.poll();
    if (marking) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};
template <class Original>
struct ReadsOldValueAfterStore {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_release);
    m.shade(m.load(slot));
    m.shade(value);
    return result;
  }
};
template <class Original>
struct SkipsNullStores {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking() && value == nullptr) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};
struct ShadesIfBlackUnordered {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_release);
    if (m.is_black(source, slot)) m.shade(value);
    return result;
  }
};
struct TestsBeforeItStores {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking() && m.is_black(source, slot)) m.shade(value);
    return write(std::memory_order_seq_cst);
  }
};
struct SkipsWhatIsBeingScanned : AbrahamPatel {
  static constexpr BarrierTraits traits = [] {
    BarrierTraits changed = AbrahamPatel::traits;
    changed.black_means = BlackMeans::started;
    return changed;
  }();
};
struct AsksAfterStore {
  static constexpr BarrierTraits traits = AbrahamPatel::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
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
struct ReadsOldValueAsWinner {
  static constexpr BarrierTraits traits = FieldLog::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking() && !m.is_logged(slot) && m.try_log(slot)) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};
struct DirtiesBeforeStore {
  static constexpr BarrierTraits traits = BoehmCards::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking()) m.mark_card(source, slot);
    return write(std::memory_order_release);
  }
};
struct InsertsUnshaded : Dijkstra {
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference, typename M::Reference, Write write) {
    m.marking();
    return write(std::memory_order_release);
  }
};
struct IgnoresOwnRoots {
  static constexpr BarrierTraits traits = Hybrid::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    return Yuasa::store(m, source, slot, value, write);
  }
};
struct AsksForRootsOfAnyMutator {
  static constexpr BarrierTraits traits = Hybrid::traits;
  static inline bool any_scanned = false;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking()) {
      any_scanned = any_scanned || m.roots_scanned();
      m.shade(m.load(slot));
      if (!any_scanned) m.shade(value);
    }
    return write(std::memory_order_release);
  }
};
struct WritesRelaxed {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    m.shade(m.load(slot));
    m.marking();
    return write(std::memory_order_relaxed);
  }
};

}  // namespace tricolour
