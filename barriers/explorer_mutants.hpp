// Mutants of barriers that the explorer must see losing an object. Each is a barrier with one promise broken; what broke is in its name.
#pragma once

#include <type_traits>

#include "barriers/abraham_patel.hpp"
#include "barriers/baker.hpp"
#include "barriers/boehm_cards.hpp"
#include "barriers/dijkstra.hpp"
#include "barriers/dijkstra_black.hpp"
#include "barriers/field_log.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/yuasa.hpp"

namespace tricolour::mutants {

/// Fault 2: the old value is read after the store.
template <class Original>
struct ReadsOldValueAfterStore {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference value, Write write) {
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
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (value == nullptr) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};

/// Fault 3: exchange and compare-exchange return something else than a plain store does, and so are told apart.
template <class Original>
struct ExchangesWithoutBarrier {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    using Result = decltype(write(std::memory_order_release));
    constexpr bool exchanges = std::is_same_v<Result, typename M::Reference> || std::is_same_v<Result, bool>;
    if constexpr (exchanges) {
      return write(std::memory_order_release);
    } else {
      return Original::store(m, source, slot, value, write);
    }
  }
};

/// Fault 5, one half: the source's colour is looked at before the store.
struct DijkstraBlackTestsFirst {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking() && m.is_black(source, slot)) m.shade(value);
    return write(std::memory_order_seq_cst);
  }
};

/// Fault 5: no order between the store and the look at the source's colour.
struct DijkstraBlackUnordered {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    const auto result = write(std::memory_order_release);
    if (m.marking() && m.is_black(source, slot)) m.shade(value);
    return result;
  }
};

/// Fault 5, the other half: a deletion barrier that skips a source whose scan has only started.
struct AbrahamPatelStarted : AbrahamPatel {
  static constexpr BarrierTraits traits = [] {
    BarrierTraits changed = AbrahamPatel::traits;
    changed.black_means = BlackMeans::started;
    return changed;
  }();
};

/// The old value is read, and only then is it asked whether the source's scan has completed: harmless. Asked after the store, it is not.
struct AbrahamPatelAsksAfterStore {
  static constexpr BarrierTraits traits = AbrahamPatel::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto old_value = m.load(slot);
    const auto result = write(std::memory_order_release);
    if (!m.is_black(source, slot)) m.shade(old_value);
    return result;
  }
};

struct BakerLoadsFirst : Baker {
  template <class M>
  static typename M::Reference load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    const typename M::Reference value = m.load(slot);
    if (m.marking() && m.is_grey(source, slot)) m.shade(value);
    return value;
  }
};

/// The card is dirtied before the store.
struct BoehmCardsDirtiesFirst {
  static constexpr BarrierTraits traits = BoehmCards::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking()) m.mark_card(source, slot);
    return write(std::memory_order_release);
  }
};

/// The old value is read after the slot's bit was won: others store without a look by then.
struct FieldLogReadsLate {
  static constexpr BarrierTraits traits = FieldLog::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking() && m.try_log(slot)) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};

/// Hybrid without its insertion half: under the traits of hybrid, which let roots be scanned one mutator at a time. Fault 8.
struct HybridWithoutInsertion : Yuasa {
  static constexpr BarrierTraits traits = Hybrid::traits;
};

/// Dijkstra's first version, as Stenning and Woodger read it: a safepoint may fall between shading and storing.
struct DijkstraPollsBetween {
  static constexpr BarrierTraits traits = Dijkstra::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference, typename M::Reference value, Write write) {
    if (m.marking()) {
      m.shade(value);
      m.poll();
    }
    return write(std::memory_order_release);
  }
};
/// Also fault 11: a buffer-full path that polls.
struct YuasaPollsBetween {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking()) {
      m.shade(m.load(slot));
      m.poll();
    }
    return write(std::memory_order_release);
  }
};

/// Fault 1: the marking flag is loaded before a poll and used after it.
struct YuasaStaleFlag {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    const bool marking = m.marking();
    m.poll();
    if (marking) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};

/// Fault 10: a store to a global skips the barrier. Globals are told by their place: the first object of a model.
template <class Original>
struct SkipsGlobals {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (source == M::globals()) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};

}  // namespace tricolour::mutants
