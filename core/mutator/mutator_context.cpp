#include "core/mutator/mutator_context.hpp"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>

#include "core/heap/metadata_scan.hpp"
#include "core/mutator/heap.hpp"
#include "core/seams/injected_waits.hpp"

namespace tricolour {
namespace {
/// Objects above this that do not fit the current hole take a hole of their own in a free block, so
/// that they do not throw away what is left of a good one.
constexpr std::size_t medium_object_bytes = 1024;
/// Holes for them are not handed out in pieces.
const std::atomic<std::size_t> whole_blocks{block_bytes};
/// Large objects are zeroed in pieces of this size, with a poll after each.
constexpr std::size_t zeroing_piece_bytes = 256 * 1024;

/// Before anything of it is touched.
Heap& usable(Heap& heap) {
  heap.world.require_owner_process();
  return heap;
}
}  // namespace

MutatorContext::MutatorContext(Heap& heap, MutatorStatus status,
                               const std::function<void(MutatorContext&)>& arrival,
                               BlackMeans black_means)
    : colours_{.metadata = usable(heap).metadata},
      heap_(heap),
      index_(heap.count_mutator()),
      black_means_(black_means),
      cards_(heap.cards),
      log_bits_(heap.log_bits),
      small_(heap.spaces().blocks(), heap.metadata, heap.account, heap.hole_piece_bytes(), false),
      medium_(heap.spaces().blocks(), heap.metadata, heap.account, whole_blocks, true),
      shade_buffer_(heap.grey_set.join()),
      clock_(status == MutatorStatus::blocked ? Activity::blocked : Activity::running),
      large_(heap.spaces().large()) {
  try {
    heap_.world.add(*this, status, arrival);
  } catch (...) {
    flush_shade_buffer();
    heap_.grey_set.leave(shade_buffer_);
    throw;
  }
  arguments_ = roots.handles().size();
  restart_accounting();
}

MutatorContext::~MutatorContext() {
  // There is nothing to take leave of, and locks may be held by threads of the parent.
  if (heap_is_gone_ || !heap_.world.in_owner_process()) return;
  require_no_roots();
  heap_.world.remove(*this, [this] {
    if (faulty(Fault::shades_of_ended_mutator_dropped)) shade_buffer_->clear();
    flush_shade_buffer();
    heap_.count_ended(allocated_bytes());
    each_allocator(*this, [](AreaAllocator auto& allocator) { allocator.give_back(); });
    retire_holes();
  });
  heap_.grey_set.leave(shade_buffer_);
}

void MutatorContext::adopt(const PhaseState& phase) {
  if (phase.cycle != phase_.cycle) regreyed_slots_ = 0;
  if (phase.cycle != phase_.cycle || !phase.marking || phase.roots_scanned) roots.forget_scan();
  if (phase.tracing != phase_.tracing) tracing_.change(phase.tracing, so_far());
  phase_ = phase;
  colours_.allocated = phase.allocation_state();
  colours_.white = phase.sense.white();
  colours_.shaded = phase.shaded_state();
  colours_.regreyed = grey_state;
  colours_.black = phase.sense.black;
  log_mask_ = phase.arm == BarrierArm::full ? 0 : ~std::uint64_t{0};
  if (phase.arm == BarrierArm::live) return;
  // Between cycles every object is black, so an arm decides by what it takes for white, and `full`
  // also by what a barrier that skips black objects takes for black; changing black to black harms
  // nothing.
  constexpr ColourByte no_state = 0xff;
  phase_.marking = true;
  phase_.roots_scanned = true;
  colours_.white = phase.arm == BarrierArm::full ? phase.sense.black : no_state;
  colours_.shaded = colours_.regreyed = phase.sense.black;
  if (phase.arm == BarrierArm::full && black_means_ == BlackMeans::completed) {
    colours_.black = no_state;
  }
}

// --- allocation ---------------------------------------------------------------------------------

Object* MutatorContext::bump(std::uint32_t slots, std::size_t bytes) {
  std::byte* const begin = cursor_;
  cursor_ += bytes;
  Object* const object = initialise(begin, slots, bytes);
  if (heap_.observer() != nullptr) {
    heap_.observer()->allocated(object);
    limit_ = cursor_;
  }
  return object;
}

void MutatorContext::install(Hole hole) {
  count_hole();
  hole_ = hole;
  cursor_ = counted_from_ = hole.begin;
  limit_ = heap_.observer() == nullptr ? hole.end : hole.begin;
}

namespace {
std::uint64_t count_starts(const SideMetadata& metadata, const std::byte* begin,
                           const std::byte* end) {
  return MetadataScan::count_starts(metadata.byte_of(begin),
                                    static_cast<std::size_t>(end - begin) / granule_bytes);
}
}  // namespace

void MutatorContext::count_hole() {
  allocated_objects_ += count_starts(colours_.metadata, counted_from_, cursor_);
  allocated_bytes_ += static_cast<std::uint64_t>(cursor_ - counted_from_);
  counted_from_ = cursor_;
}

std::uint64_t MutatorContext::allocated_objects() const {
  return allocated_objects_ + count_starts(colours_.metadata, counted_from_, cursor_);
}

void MutatorContext::retire_holes() {
  install({});
  each_allocator(*this, [](AreaAllocator auto& allocator) { allocator.forget(); });
  medium_hole_ = {};
}

std::size_t MutatorContext::pending_bytes() const {
  std::size_t bytes = 0;
  each_allocator(*this,
                 [&](const AreaAllocator auto& allocator) { bytes += allocator.pending_bytes(); });
  return bytes;
}

/// One request that finds no room, until it is served or refused.
class MutatorContext::Shortage {
 public:
  Shortage(MutatorContext& mutator, std::size_t bytes) : mutator_(mutator), bytes_(bytes) {}

  /// Throws HeapExhausted.
  void make_room() {
    Heap& heap = mutator_.heap_;
    const ActivityScope scope(mutator_, Activity::allocation_slow_path);
    if (++rounds_ == rounds_before_turn) turn_.emplace(heap.turns, mutator_);
    if (!heap.hooks().on_exhausted(mutator_, bytes_, attempts_)) {
      throw HeapExhausted(heap.bytes(), heap.live_bytes(), bytes_);
    }
  }

 private:
  static constexpr unsigned rounds_before_turn = 3;
  MutatorContext& mutator_;
  const std::size_t bytes_;
  unsigned rounds_ = 0;
  unsigned attempts_ = 0;  ///< the collector's (see on_exhausted)
  std::optional<AllocationTurns::Turn> turn_;
};

Object* MutatorContext::allocate_slowly(std::uint32_t slots, std::size_t bytes) {
  heap_.world.require_owner_process();
  poll();
  heap_.hooks().on_slow_allocation(*this);
  if (bytes <= static_cast<std::size_t>(hole_.end - cursor_)) return bump(slots, bytes);
  if (slots > max_slots) {
    throw ConfigurationError("an array of " + std::to_string(slots) +
                             " slots is longer than the most, " + std::to_string(max_slots));
  }
  require_possible(bytes);
  if (bytes > large_object_bytes) return allocate_large(slots, bytes);
  if (bytes > medium_object_bytes && cursor_ != hole_.end) return allocate_medium(slots, bytes);
  for (Shortage shortage(*this, bytes); !refill(bytes);) shortage.make_room();
  return bump(slots, bytes);
}

void MutatorContext::require_possible(std::size_t bytes) const {
  if (bytes > heap_.bytes()) {
    throw HeapExhausted(heap_.bytes(), heap_.live_bytes(), bytes);
  }
  if (!Object::fits_header(bytes)) {
    throw ConfigurationError("an object of " + std::to_string(bytes) +
                             " bytes is longer than a header can state");
  }
}

/// Two clock readings cost more than the way to a hole in a block that is held, or in the one at
/// hand: that is running time. Sweeping is timed by itself.
std::optional<Hole> MutatorContext::next_hole(HoleAllocator& holes, std::size_t bytes) {
  if (const auto hole = holes.next_in_block(bytes)) return hole;
  heap_.turns.let_others_first(*this);
  if (const auto hole = holes.next_at_hand(bytes, this)) return hole;
  const ActivityScope scope(*this, Activity::search);
  return holes.next(bytes, this);
}

bool MutatorContext::refill(std::size_t bytes) {
  heap_.hooks().on_refill(*this, hole_.bytes());
  const auto hole = next_hole(small_, bytes);
  pass_window(Window::between_hole_and_install);
  install(hole.value_or(Hole{}));
  return hole.has_value();
}

Object* MutatorContext::allocate_medium(std::uint32_t slots, std::size_t bytes) {
  for (Shortage shortage(*this, bytes); bytes > medium_hole_.bytes();) {
    const ActivityScope scope(*this, Activity::allocation_slow_path);
    heap_.hooks().on_refill(*this, bytes);
    if (bytes <= medium_hole_.bytes()) break;
    if (const auto hole = next_hole(medium_, bytes)) {
      medium_hole_ = *hole;
    } else if (refill(bytes)) {
      return bump(slots, bytes);
    } else {
      shortage.make_room();
    }
  }
  std::byte* const begin = medium_hole_.begin;
  medium_hole_.begin += bytes;
  Object* const object = initialise(begin, slots, bytes);
  ++allocated_objects_;
  allocated_bytes_ += bytes;
  if (heap_.observer() != nullptr) heap_.observer()->allocated(object);
  return object;
}

std::optional<Hole> MutatorContext::find_large(std::size_t bytes) {
  heap_.turns.let_others_first(*this);
  const ActivityScope scope(*this, Activity::large_object_search);
  return large_.next(bytes, this);
}

namespace {
/// Of this thread.
long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}
}  // namespace

/// A piece in which a page faulted counts as page_fault. Below one piece nothing is asked: that
/// costs as much as zeroing some pages.
void MutatorContext::zero_pages(std::byte* memory, std::size_t bytes) {
  const bool watched = heap_.recorded() && bytes >= zeroing_piece_bytes;
  long faults = watched ? page_faults() : 0;
  for (std::size_t offset = 0; offset < bytes; offset += zeroing_piece_bytes) {
    const std::size_t length = std::min(zeroing_piece_bytes, bytes - offset);
    const Nanoseconds begin = watched ? now_ns() : 0;
    // Pages that are taken away fault again, which is what the wait is to be known by.
    const std::size_t whole_pages = length & ~std::size_t{4095};
    if (watched && whole_pages != 0 && pass_wait(WaitPlace::page_fault))
      madvise(memory + offset, whole_pages, MADV_DONTNEED);
    std::memset(memory + offset, 0, length);
    if (const long now = watched ? page_faults() : 0; now != faults) {
      faults = now;
      switch_activity(switch_activity(Activity::page_fault, begin));
    }
    poll();
  }
}

Object* MutatorContext::allocate_large(std::uint32_t slots, std::size_t bytes) {
  const ActivityScope scope(*this, Activity::allocation_slow_path);
  heap_.hooks().on_refill(*this, bytes);
  std::optional<Hole> pages;
  for (Shortage shortage(*this, bytes); !(pages = find_large(bytes));) shortage.make_room();
  zero_pages(pages->begin, bytes);
  pass_window(Window::between_pages_and_publish);
  // No safepoint from here on: the colour belongs to the phase in which the object becomes
  // reachable.
  auto* const object = reinterpret_cast<Object*>(pages->begin);
  const auto granules = static_cast<std::uint32_t>(bytes >> granule_shift);
  object->initialise(slots, granules);
  for (std::size_t chunk = 1; chunk < object->chunk_count(); ++chunk) {
    SideMetadata::atomic(colours_.metadata.byte_of_chunk(object, chunk))
        .store(colour_byte(1, colours_.allocated), std::memory_order_relaxed);
  }
  colours_.metadata.publish(object, colour_byte(granules, colours_.allocated));
  large_.publish(object);
  ++allocated_objects_;
  allocated_bytes_ += bytes;
  if (heap_.observer() != nullptr) heap_.observer()->allocated(object);
  return object;
}

// --- safepoints ---------------------------------------------------------------------------------

void MutatorContext::require_safepoint() const {
  if (barriers_entered_ != 0)
    throw InvariantViolated("a safepoint between a barrier's first look and its last effect");
}

void MutatorContext::answer_safepoint() { heap_.world.answer(*this); }

// --- grey objects -------------------------------------------------------------------------------

void MutatorContext::shade_white(Object* object) {
  if (colours_.try_shade(object)) {
    pass_window(Window::between_mark_and_push);
    push_grey(GreyItem(object));
  }
}

void MutatorContext::shade_clean_root(Object* object) {
  if (!faulty(Fault::clean_handle_assigned_unshaded)) shade(object);
}

void MutatorContext::push_grey(GreyItem item) {
  if constexpr (instrumented_built) ++pushed_;
  shade_buffer_->push(item);
  if (!heap_.grey_set.full(*shade_buffer_)) return;
  heap_.world.require_owner_process();
  if (faulty(Fault::full_buffer_polls)) poll();
  if (faulty(Fault::full_buffer_locks)) const World::Exclusive lock(heap_.world, nullptr);
  if (phase_.arm != BarrierArm::live) {
    shade_buffer_->clear();
  } else {
    heap_.grey_set.publish(shade_buffer_);
    shade_buffer_ = heap_.grey_set.take_empty();
  }
}

void MutatorContext::regrey(Object* source, Slot& slot) {
  if (phase_.rescans_at_once) return rescan_now(slot);
  if (colours_.try_regrey(source, slot)) {
    const std::size_t chunk = source->chunk_of(slot);
    push_grey(GreyItem(source, chunk, Extent::chunk));
    regreyed_slots_ += static_cast<std::uint32_t>(source->chunk(chunk).size());
    if (regreyed_slots_ >= most_regreyed_slots && phase_.arm == BarrierArm::live) rescan_at_once();
  }
}

bool MutatorContext::flush_shade_buffer() {
  if (phase_.arm != BarrierArm::live) shade_buffer_->clear();
  return heap_.grey_set.pour(*shade_buffer_);
}

// --- accounting ---------------------------------------------------------------------------------

Activity MutatorContext::switch_activity(Activity next, std::optional<Nanoseconds> at) {
  const Activity ended = clock_.current();
  if (ended == next || !heap_.recorded()) return ended;
  clock_.change(next, at ? *at : now_ns(), [this](const ActivityStretch& one) {
    heap_.emit(MutatorInterval{.activity = one.activity,
                               .mutator = index_,
                               .cycle = phase_.cycle,
                               .begin_ns = one.begin_ns,
                               .end_ns = one.end_ns,
                               .cpu_ns = one.cpu_ns});
  });
  return ended;
}

void MutatorContext::end_wait(Nanoseconds over_at) {
  if (!heap_.recorded() || over_at <= clock_.since() ||
      now_ns() - over_at < ActivityClock::least_slow_path_ns)
    return;
  switch_activity(Activity::run_delay, over_at);
}

void MutatorContext::rename_activity(Activity activity) {
  if (heap_.recorded()) clock_.rename(activity);
}

ActivityScope::ActivityScope(MutatorContext* mutator, Activity activity) : mutator_(mutator) {
  if (mutator_ != nullptr) outer_ = mutator_->switch_activity(activity);
}

ActivityScope::~ActivityScope() {
  if (mutator_ != nullptr) mutator_->switch_activity(outer_);
}

}  // namespace tricolour
