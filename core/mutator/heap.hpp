// A heap: its memory, its metadata, its mutators, its phase. Several can live in one process.
//
// Invariant: what decides how mutators behave (the phase, the longest hole, a sweep's begin) is
// changed by the holder of World::Exclusive, who shows it. The collector's hooks change while no
// mutator runs.
//
// Ownership: what is public is constant, or guards itself. Counters: any thread, relaxed,
// statistics only.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/barrier/barrier_counts.hpp"
#include "core/barrier/card_table.hpp"
#include "core/barrier/log_bits.hpp"
#include "core/cycle/collector_hooks.hpp"
#include "core/heap/heap_account.hpp"
#include "core/heap/spaces.hpp"
#include "core/mutator/allocation_turn.hpp"
#include "core/mutator/mutator_context.hpp"
#include "core/mutator/watchdog.hpp"
#include "core/observe/events.hpp"
#include "core/seams/injected_costs.hpp"

namespace tricolour {

struct HeapOptions {
  std::size_t bytes = std::size_t{64} << 20;  ///< rounded up to whole blocks
  std::size_t hole_piece_bytes = 32 * 1024;   ///< the longest hole handed out at once
  std::uint32_t packet_capacity = 256;        ///< grey items per packet and shade buffer
  SideTable side_table =
      SideTable::none;       ///< what the mutators' barrier writes (`BarrierTraits::side_table`)
  bool huge_pages = true;    ///< ask the kernel for huge pages (transparent: it may decline)
  InjectedCosts injected{};  ///< none but in the instrumented build
  /// Checked build: a reference is used until the mutator's next safepoint, or while a Root holds
  /// it. Where not: as long as its object is not seen to be dead.
  bool strict_references = true;
};

/// What a heap takes of memory, in bytes.
struct HeapFootprint {
  std::size_t backed = 0;   ///< by `touch_pages`: heap, metadata and side table
  std::size_t reserve = 0;  ///< backed where it is used, in the worst case all of it
  std::size_t total() const { return add_sat(backed, reserve); }
};

class Heap {
 public:
  /// Of a heap that is made with `options`. Throws as the constructor does.
  static HeapFootprint footprint(const HeapOptions& options);
  /// Throws ConfigurationError when the size cannot be had. `listener` may be null and must outlive
  /// the heap.
  explicit Heap(const HeapOptions& options, EventListener* listener = nullptr);
  /// With no mutator registered, except in a forked child and where their threads have ended: else
  /// the program ends with Misuse.
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  /// Backs every page of heap and metadata now, so that no first touch falls into a measured
  /// region.
  void touch_pages(const std::function<void()>& between);
  /// Before the first mutator. Null observer: nothing is verified.
  void attach(CollectorHooks& hooks, HeapObserver* observer);
  /// Another observer, or null; while no mutator and no collector's thread runs.
  void observe(HeapObserver* observer);

  std::size_t bytes() const { return heap_storage_.bytes(); }
  Spaces& spaces() { return spaces_; }
  const Spaces& spaces() const { return spaces_; }
  std::size_t metadata_bytes() const { return metadata_storage_.bytes(); }
  /// Of cards or log bits; 0 when the barrier has none.
  std::size_t side_table_bytes() const { return side_table_storage_.bytes(); }
  std::byte* side_table() const { return side_table_storage_.begin(); }
  /// Never above `bytes()`; what the pacer goes by.
  std::size_t used_bytes() const { return account.used(); }
  /// What new mutators copy.
  const PhaseState& phase() const { return phase_; }
  PhaseState& phase(const World::Exclusive&) { return phase_; }
  /// Everything is swept: mutators that retire their holes from here on come to a new epoch.
  void turn_to_sweep(const World::Exclusive&) { spaces_.turn_to_sweep(); }
  /// A cycle terminated, and every mutator has come to the new epoch: begins the sweep. The former
  /// epoch left objects of `live` bytes, and `pending` bytes that will be objects.
  void open_sweep(const World::Exclusive& world, std::size_t live, std::size_t pending);
  /// Of the objects that the last cycle left. Any thread; relaxed, a statistic.
  std::size_t live_bytes() const { return live_bytes_.load(std::memory_order_relaxed); }
  /// The longest hole handed out at once just now; a collector lowers it while it paces.
  const std::atomic<std::size_t>& hole_piece_bytes() const { return hole_piece_bytes_; }
  void set_hole_piece_bytes(const World::Exclusive&, std::size_t bytes) {
    hole_piece_bytes_.store(bytes, std::memory_order_relaxed);
  }
  /// World stopped and everything swept: throws InvariantViolated when a space contradicts itself,
  /// or holds more than is accounted for.
  void check_spaces() const;
  /// By a mutator that begins, its index; by one that ends, how much it allocated.
  std::uint32_t count_mutator() {
    return mutators_started_.fetch_add(1, std::memory_order_relaxed);
  }
  void count_ended(std::uint64_t allocated_bytes) {
    ended_allocated_bytes_.fetch_add(allocated_bytes, std::memory_order_relaxed);
  }
  /// World stopped: bytes of all objects that `mutators` and those that have ended ever made.
  std::uint64_t allocated_bytes(const std::vector<MutatorContext*>& mutators) const;
  bool contains(const void* address) const {
    return address >= heap_storage_.begin() &&
           address < heap_storage_.begin() + heap_storage_.bytes();
  }
  const HeapOptions& options() const { return options_; }
  CollectorHooks& hooks() { return *hooks_; }
  HeapObserver* observer() { return observer_; }
  void emit(const Event& event) {
    watchdog.note_event(event);
    if (listener_ != nullptr) listener_->on_event(event);
    if (observer_ != nullptr) observer_->on_event(event);
  }
  /// By a collector that paces, whenever its trigger changes, and where it is reached and the cycle
  /// begins without a pause.
  void announce_trigger(std::size_t bytes, bool reached = false) {
    emit(TriggerEvent{
        .at_ns = now_ns(), .used = used_bytes(), .trigger = bytes, .reached = reached});
  }
  bool recorded() const { return listener_ != nullptr; }

  /// The object whose slots are the globals, a root; null until `make_globals`.
  Object* globals() const { return globals_; }
  /// Makes an object of `slots` globals. Once, by one mutator, before others run.
  Object* make_globals(MutatorContext& mutator, std::uint32_t slots);

 private:
  HeapOptions options_;
  EventListener* listener_;
  Reservation heap_storage_;
  Reservation metadata_storage_;
  Reservation side_table_storage_;
  CollectorHooks* hooks_ = nullptr;
  HeapObserver* observer_ = nullptr;
  Object* globals_ = nullptr;

 public:
  const SideMetadata metadata;
  const CardTable cards;   ///< where side_table is `cards`
  const LogBits log_bits;  ///< where side_table is `log_bits`
  HeapAccount account;

 private:
  Spaces spaces_;

 public:
  AllocationTurns turns;
  Watchdog watchdog;
  GreySet grey_set;
  World world;
  BarrierTotals ended_barriers;  ///< of mutators that have ended; the instrumented build counts

 private:
  PhaseState phase_;
  std::atomic<std::size_t> live_bytes_{0};
  std::atomic<std::uint64_t> ended_allocated_bytes_{0};  ///< relaxed, exact in a stop
  std::atomic<std::size_t> hole_piece_bytes_;            ///< relaxed: a bound
  std::atomic<std::uint32_t> mutators_started_{0};       ///< relaxed: each index once
};

}  // namespace tricolour
