// The barrier-independent half of a mutator: allocation, roots, safepoints, and the environment
// that barriers are written against.
//
// Purpose: the fast paths (bump, poll, flag test, colour test) inline to a few instructions;
// everything else is in the .cpp.
//
// Invariant: between two safepoints nothing moves the phase copy, retires the hole or reads the
// shadow stack but this thread.
//
// Ownership: every field belongs to the mutator's thread; a collector that holds it stopped,
// blocked or in a handshake may call `adopt`, `flush_shade_buffer`, `retire_holes` and read
// `roots`. `safepoint`: see safepoint.hpp.
//
// Memory ordering: an object's start byte is published (release) after header and zeroed slots. The
// rest is in slot.load, SideMetadata and safepoint.hpp.
#pragma once

#include <array>
#include <concepts>
#include <cstring>

#include "core/barrier/card_table.hpp"
#include "core/barrier/log_bits.hpp"
#include "core/barrier/mutator_colours.hpp"
#include "core/cycle/grey_set.hpp"
#include "core/cycle/phase_state.hpp"
#include "core/errors.hpp"
#include "core/heap/poison.hpp"
#include "core/heap/spaces.hpp"
#include "core/mutator/attachment.hpp"
#include "core/mutator/obtained_references.hpp"
#include "core/mutator/safepoint.hpp"
#include "core/mutator/shadow_stack.hpp"
#include "core/observe/activity_clock.hpp"
#include "core/observe/activity_scope.hpp"
#include "core/observe/tracing_account.hpp"
#include "core/seams/faults.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

class Heap;
class NoSafepoint;

class MutatorContext {
 public:
  using Reference = Object*;
  using SlotReference = Slot&;
  using BarrierSpan = NoSafepoint;

  /// Registers with `heap`. `running`: on the thread that will mutate; `blocked`: on a parent's,
  /// for a thread that attaches later. `arrival` runs registered, before any stop or handshake can
  /// see this mutator. `black_means`: to this mutator's barrier.
  explicit MutatorContext(Heap& heap, MutatorStatus status = MutatorStatus::running,
                          const std::function<void(MutatorContext&)>& arrival = {},
                          BlackMeans black_means = BlackMeans::marked);
  ~MutatorContext();
  MutatorContext(const MutatorContext&) = delete;
  MutatorContext& operator=(const MutatorContext&) = delete;

  Heap& heap() { return heap_; }
  std::uint32_t index() const { return index_; }

  // --- allocation -------------------------------------------------------------------------------

  /// A new object, slots null and payload zero. A safepoint. Throws HeapExhausted, and
  /// ConfigurationError above `max_slots` and above the bytes that a header can state.
  [[gnu::always_inline]] Object* allocate(std::uint32_t slots, std::size_t payload_bytes) {
    note_safepoint();
    const std::size_t bytes = Object::size_for(slots, payload_bytes);
    if (bytes <= static_cast<std::size_t>(limit_ - cursor_)) [[likely]] {
      std::byte* const begin = cursor_;
      cursor_ += bytes;
      return note(initialise(begin, slots, bytes));
    }
    return note(allocate_slowly(slots, bytes));
  }

  // --- safepoints -------------------------------------------------------------------------------

  /// One load, one test, one branch.
  [[gnu::always_inline]] void poll() {
    if constexpr (faults_built) require_safepoint();
    note_safepoint();
    if (safepoint.poll.load(std::memory_order_relaxed)) [[unlikely]]
      answer_safepoint();
  }

  /// Throws Misuse when a Root of this mutator is left: it ends.
  void require_no_roots() const;

  // --- checked builds: each throws Misuse -------------------------------------------------------

  /// The program obtains `object` from this mutator: it may use it until the next safepoint.
  Object* note(Object* object) {
    obtained_.insert(object);
    return object;
  }
  /// It must read again what it had obtained.
  void note_safepoint() { obtained_.clear(); }
  /// `object` is alive, as far as this mutator can tell, and was obtained since its last safepoint
  /// or is held by a Root.
  void require_alive(const Object* object) const;
  /// The same, and it has the slots [first, first + count).
  void require_slots(const Object* object, std::size_t first, std::size_t count) const;

  /// Where faults are built: throws InvariantViolated when the mutator is inside a barrier (see
  /// NoSafepoint).
  void require_safepoint() const;

  // --- the barrier's environment ----------------------------------------------------------------

  bool marking() const { return phase_.marking; }
  bool roots_scanned() const { return phase_.roots_scanned; }
  Object* load(Slot& slot) const { return slot.load(); }
  void shade(Object* object) {
    // No instruction: `object` is one that the compiler knows nothing of. GCC would test it for
    // null before the flag that guards the request, and an idle store would pay for that.
    asm volatile("" : "+r"(object));
    if (is_white(object)) shade_white(object);
  }
  bool is_white(Object* object) const { return colours_.is_white(object); }
  bool is_black(Object* source, Slot& slot) const { return colours_.is_black(source, slot); }
  bool is_grey(Object* source, Slot& slot) const {
    return colours_.is_grey(source, slot, phase_.sense.white());
  }
  void regrey(Object* source, Slot& slot);
  void mark_card(Object*, Slot& slot) {
    if (phase_.rescans_at_once) [[unlikely]]
      return rescan_now(slot);
    cards_.mark(&slot);
  }
  /// The slots of one chunk: those whose colour `is_black` looks at.
  template <std::invocable<Slot&> Work>
  void for_each_slot(Object* source, Slot& slot, Work work) const {
    for (Slot& each : source->chunk(source->chunk_of(slot))) work(each);
  }
  bool is_logged(Slot& slot) const { return log_bits_.test(slot); }
  bool try_log(Slot& slot) const { return log_bits_.try_set(slot, log_mask_); }

  // --- the writes that a barrier is given -------------------------------------------------------

  Object* write(Slot& slot, Object* value, std::memory_order order) {
    pass_window(Window::between_barrier_and_store);
    slot.store(value, order);
    return value;
  }
  Object* exchange(Slot& slot, Object* value, std::memory_order order) {
    pass_window(Window::between_barrier_and_store);
    return slot.exchange(value, order);
  }
  bool compare_exchange(Slot& slot, Object* expected, Object* value, std::memory_order order) {
    pass_window(Window::between_barrier_and_store);
    return slot.compare_exchange(expected, value, order);
  }

  // --- for a collector that holds this mutator, and for the oracle ------------------------------

  void adopt(const PhaseState& phase);
  const PhaseState& phase() const { return phase_; }
  /// True when the buffer held anything.
  bool flush_shade_buffer();
  /// For the rest of the cycle. In a handshake.
  void rescan_at_once() { phase_.rescans_at_once = true; }
  bool shade_buffer_empty() const { return shade_buffer_->empty(); }
  /// It allocates in the present epoch from here on.
  void retire_holes();
  /// Of memory that it was given and has not made an object of yet.
  std::size_t pending_bytes() const;
  ShadowStack roots;
  SafepointState safepoint;

  // --- roots ------------------------------------------------------------------------------------

  /// A handle for `object`, which may be null, on top of the others.
  Object** push_root(Object* object) {
    if (roots.next_is_clean()) [[unlikely]]
      shade_clean_root(object);
    return roots.push(object);
  }
  void assign_root(Object** handle, Object* object) {
    if (roots.is_clean(handle)) [[unlikely]]
      shade_clean_root(object);
    *handle = object;
  }

  // --- accounting -------------------------------------------------------------------------------

  /// Ends the current activity's interval and starts one of `next`, now or `at` a moment since it
  /// began; returns the activity that ended. Not while a collector has claimed this mutator: the
  /// event says the cycle.
  Activity switch_activity(Activity next, std::optional<Nanoseconds> at = std::nullopt);
  /// The present activity was `activity` since it began.
  void rename_activity(Activity activity);
  /// What this mutator waited for was over at `over_at`; if that is long ago, the system did not
  /// let it run since.
  void end_wait(Nanoseconds over_at);
  /// Nanoseconds spent per activity up to `until`.
  ActivityClock::Times time_by_activity(Nanoseconds until) const { return clock_.times(until); }
  void restart_accounting() { clock_.restart(now_ns()); }
  std::uint64_t allocated_bytes() const {
    return allocated_bytes_ + static_cast<std::uint64_t>(cursor_ - counted_from_);
  }
  std::uint64_t allocated_objects() const;
  /// Up to now; by who may call `adopt`.
  TracingTotals while_tracing() const { return tracing_.totals(so_far()); }

 protected:
  /// Grey items so far, where instrumented; else 0.
  std::uint64_t pushed() const { return pushed_; }

 private:
  friend class World;
  friend class NoSafepoint;

  /// A mutator that made objects of so many slots grey again in one cycle scans at once from then
  /// on: some milliseconds of marking.
  static constexpr std::uint32_t most_regreyed_slots = 256 * 1024;
  /// How far ahead of allocation memory is fetched; 1 to 8 KiB do equally well.
  static constexpr std::ptrdiff_t prefetched_bytes = 4096;

  [[gnu::always_inline]] Object* initialise(std::byte* begin, std::uint32_t slots,
                                            std::size_t bytes) {
    // What is allocated next was last touched a cycle ago and is in no near cache; fetched ahead,
    // it and its metadata are there in time. Beyond the heap's end a prefetch does nothing.
    __builtin_prefetch(begin + prefetched_bytes, 1);
    __builtin_prefetch(colours_.metadata.byte_of(begin + prefetched_bytes), 1);
    unpoison(begin, bytes);
    auto* const object = reinterpret_cast<Object*>(begin);
    const auto granules = static_cast<std::uint32_t>(bytes >> granule_shift);
    if (faulty(Fault::start_byte_before_header)) {
      colours_.metadata.publish(object, colour_byte(granules, colours_.allocated));
    }
    pass_window(Window::between_memory_and_object);
    std::memset(begin + sizeof(Object), 0, bytes - sizeof(Object));
    object->initialise(slots, granules);
    colours_.metadata.publish(object, colour_byte(granules, colours_.allocated));
    pass_window(Window::between_start_byte_and_store);
    return object;
  }
  [[gnu::noinline]] Object* allocate_slowly(std::uint32_t slots, std::size_t bytes);
  /// Throws when no collection could make room for such an object.
  void require_possible(std::size_t bytes) const;
  Object* bump(std::uint32_t slots, std::size_t bytes);
  Object* allocate_medium(std::uint32_t slots, std::size_t bytes);
  Object* allocate_large(std::uint32_t slots, std::size_t bytes);
  std::optional<Hole> next_hole(HoleAllocator& holes, std::size_t bytes);
  std::optional<Hole> find_large(std::size_t bytes);
  void zero_pages(std::byte* memory, std::size_t bytes);
  bool refill(std::size_t bytes);
  class Shortage;
  [[gnu::noinline]] void answer_safepoint();
  [[gnu::noinline]] void shade_white(Object* object);
  [[gnu::noinline]] void shade_clean_root(Object* object);
  void push_grey(GreyItem item);
  void rescan_now(Slot& slot) {
    if (!faulty(Fault::rescan_at_once_dropped)) shade(slot.load());
  }
  void install(Hole hole);
  void count_hole();
  TracingTotals so_far() const { return {now_ns(), allocated_bytes()}; }
  template <class Self, class Work>
  static void each_allocator(Self& self, Work work) {
    work(self.small_);
    work(self.medium_);
    work(self.large_);
  }

  // The line that every allocation, poll and barrier touches.
  std::byte* cursor_ = nullptr;
  std::byte* limit_ = nullptr;
  MutatorColours colours_;
  PhaseState phase_;

  Heap& heap_;
  std::uint32_t index_ = 0;
  const BlackMeans black_means_;
  const CardTable cards_;
  const LogBits log_bits_;
  std::uint64_t log_mask_ = 0;  ///< 0 where every store is to look like a slot's first
  Hole hole_;  ///< the current hole; its end is the true limit where `limit_` is held down so that
               ///< every allocation is observed
  std::byte* counted_from_ = nullptr;  ///< bytes of the hole before this are in allocated_bytes_
  BlockSpace::Allocator small_;
  BlockSpace::Allocator medium_;
  Hole medium_hole_;
  GreyPacket* shade_buffer_;

  std::uint32_t regreyed_slots_ = 0;  ///< of what this mutator made grey again in this cycle
  unsigned barriers_entered_ = 0;     ///< where faults are built: barriers under way
  std::uint64_t pushed_ = 0;
  std::uint64_t allocated_bytes_ = 0;
  std::uint64_t allocated_objects_ = 0;
  ActivityClock clock_;
  TracingAccount tracing_;
  LargeObjectSpace::Allocator large_;
  [[no_unique_address]] ObtainedReferences obtained_;
  std::size_t arguments_ = 0;  ///< handles at the bottom of `roots` that are no Root's
  Attachment attachment_;
  bool heap_is_gone_ = false;  ///< the heap went after this mutator's thread had
};

/// The span of a barrier, from its first look to its last effect: a safepoint in it is a fault.
/// Nothing where faults are not built.
class NoSafepoint {
 public:
  explicit NoSafepoint(MutatorContext& mutator) : mutator_(mutator) {
    if constexpr (faults_built) ++mutator_.barriers_entered_;
  }
  ~NoSafepoint() {
    if constexpr (faults_built) --mutator_.barriers_entered_;
  }
  NoSafepoint(const NoSafepoint&) = delete;
  NoSafepoint& operator=(const NoSafepoint&) = delete;

 private:
  MutatorContext& mutator_;
};

}  // namespace tricolour
