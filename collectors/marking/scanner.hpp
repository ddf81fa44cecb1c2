// The scanner: the one loop that looks at slots.
//
// Purpose: pops a grey item, scans its fields, and sends every reference through a short FIFO of
// prefetched objects before it looks at the colour byte. What turns out white is marked and pushed.
// Every marker instantiates it over its own kind of stack.
//
// Invariant: only marked objects are on the stack, so the stack never holds more than the heap has
// objects; references in the FIFO are not marked yet and leave it before `trace` returns. When a
// cycle ends, every chunk of a surviving array shows this cycle's black, whatever black means; so
// in the next one no chunk looks black before it was scanned.
//
// Ownership: one scanner, one thread.
//
// Memory ordering: `alone` (world stopped, one marking thread) uses plain byte accesses. Otherwise
// marking is SideMetadata::try_shade. Where black means `started`, the store of black and the loads
// of the fields behind it are seq_cst: partner of the barrier's seq_cst store followed by its
// seq_cst look at the colour. marking_exploration_test.cpp runs this source under models of memory.
// Where black means `completed`, the change to black is a release behind the loads
// of the fields, and behind the marking of what they held, because the FIFO keeps that order: a
// mutator that acquires black reads only marked references out of that object. Each chunk of an
// array completes by itself: a barrier asks about the chunk of its slot, and what the marker has
// yet to read in other chunks is no concern of that slot's. Source: the FIFO is Cher, Hosking,
// Vitek 2004; marking the objects rather than pushing edges keeps the reserve small.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

#include "core/cycle/grey_set.hpp"
#include "core/cycle/phase_state.hpp"
#include "core/heap/metadata.hpp"

namespace tricolour {

/// A stack of grey items whose push never fails.
template <class S>
concept GreyStack = requires(S& stack, GreyItem item) {
  stack.push(item);
  { stack.pop(item) } -> std::same_as<bool>;  // false when it has none
};

struct MarkCount {
  std::size_t slots = 0;
  std::uint64_t bytes = 0;
  std::uint64_t objects = 0;
  MarkCount& operator+=(const MarkCount& other) {
    slots += other.slots;
    bytes += other.bytes;
    objects += other.objects;
    return *this;
  }
};

inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();
inline constexpr unsigned max_prefetch = 64;

/// `Atomics`: StandardAtomics, or a model checker's.
template <bool alone, BlackMeans means, GreyStack Stack, class Atomics = StandardAtomics>
class Scanner {
 public:
  using SideMetadata = BasicSideMetadata<Atomics>;

  Scanner(const SideMetadata& metadata, const PhaseState& phase, unsigned prefetch, Stack& stack)
      : metadata_(metadata),
        white_(phase.sense.white()),
        black_(phase.sense.black),
        shaded_(phase.shaded_state()),
        depth_(std::clamp(prefetch, 1u, max_prefetch)),
        stack_(stack) {}

  /// Scans until the stack is empty, or until `slots` slots or `bytes` of objects have been
  /// scanned.
  MarkCount trace(std::size_t slots = no_limit, std::size_t bytes = no_limit) {
    MarkCount count;
    GreyItem item;
    for (;;) {
      while (stack_.pop(item)) {
        scan(item, count);
        if (count.slots >= slots || count.bytes >= bytes) {
          empty_fifo();
          return count;
        }
      }
      if (fifo_used_ == 0) return count;
      empty_fifo();
    }
  }

 private:
  /// What the FIFO holds: a reference that was found; or, tagged, the colour byte of a chunk whose
  /// references are all ahead of it.
  using Entry = std::uintptr_t;
  /// No address of a process has this bit.
  static constexpr Entry scanned_tag = Entry{1} << 63;

  void scan(GreyItem item, MarkCount& count) {
    Object* const object = item.object();
    if constexpr (means == BlackMeans::started)
      blacken_started(metadata_.byte_of_chunk(object, item.chunk()));
    if constexpr (means == BlackMeans::completed) {
      if (faulty(Fault::black_set_before_scan))
        blacken_completed(metadata_.byte_of_chunk(object, item.chunk()));
    }
    if constexpr (!alone) pass_window(Window::between_black_and_scan);
    if (item.extent() == Extent::rest) {
      if (item.chunk() == 0) {
        count.bytes += object->bytes();
        ++count.objects;
      }
      // The rest of the array first, so that another thread can take it while this one scans.
      if (item.chunk() + 1 < object->chunk_count()) {
        if constexpr (means == BlackMeans::marked) colour_chunk(object, item.chunk() + 1);
        stack_.push(GreyItem(object, item.chunk() + 1));
      }
    }
    const std::span<Slot> fields = object->chunk(item.chunk());
    for (Slot& field : fields) {
      if (Object* const referent = Atomics::reference(field).load(field_order)) visit(referent);
    }
    if constexpr (means == BlackMeans::completed)
      enqueue(scanned_tag | reinterpret_cast<Entry>(metadata_.byte_of_chunk(object, item.chunk())));
    count.slots += fields.size() + 1;
  }

  /// The size field of a chunk's byte is the object's own, or 1 behind the first chunk; a byte of
  /// state white or grey has it already.
  void blacken_started(ColourByte* byte) {
    // Relaxed: only the state can change meanwhile, and that is overwritten.
    const ColourByte seen = SideMetadata::atomic(byte).load(std::memory_order_relaxed);
    if constexpr (!alone) pass_window(Window::between_grey_and_black);
    // seq_cst: black is visible before this thread's first look at the fields; partner: the barrier
    // (see above). A store, not an exchange: it may overwrite a mutator's change from black to
    // grey, because the fields are read after it.
    SideMetadata::atomic(byte).store(with_state(seen, black_), std::memory_order_seq_cst);
  }
  void blacken_completed(ColourByte* byte) {
    // Relaxed: a marked chunk's byte is changed by its scanner alone.
    const ColourByte seen = SideMetadata::atomic(byte).load(std::memory_order_relaxed);
    if constexpr (!alone) pass_window(Window::between_grey_and_black);
    // Release: behind every look at the fields and every mark it led to; partner: the barrier's
    // acquire (see above).
    SideMetadata::atomic(byte).store(with_state(seen, black_), std::memory_order_release);
  }
  /// Relaxed: no thread asks in this cycle; the next begins with a stop.
  void colour_chunk(Object* object, std::size_t chunk) {
    SideMetadata::atomic(metadata_.byte_of_chunk(object, chunk))
        .store(colour_byte(1, black_), std::memory_order_relaxed);
  }

  void visit(Object* referent) {
    __builtin_prefetch(metadata_.byte_of(referent), 1);
    __builtin_prefetch(referent);
    enqueue(reinterpret_cast<Entry>(referent));
  }

  void enqueue(Entry entry) {
    if (fifo_used_ < depth_) {
      fifo_[fifo_used_++] = entry;
      return;
    }
    leave(std::exchange(fifo_[fifo_next_], entry));
    if (++fifo_next_ == depth_) fifo_next_ = 0;
  }

  void leave(Entry entry) {
    if constexpr (means == BlackMeans::completed) {
      if ((entry & scanned_tag) != 0)
        return blacken_completed(reinterpret_cast<ColourByte*>(entry & ~scanned_tag));
    }
    mark(reinterpret_cast<Object*>(entry));
  }

  /// Oldest first.
  void empty_fifo() {
    for (unsigned i = fifo_next_; i < fifo_used_; ++i) leave(fifo_[i]);
    for (unsigned i = 0; i < fifo_next_; ++i) leave(fifo_[i]);
    fifo_used_ = fifo_next_ = 0;
  }

  void mark(Object* object) {
    const bool won = alone ? metadata_.try_shade_alone(object, white_, shaded_)
                           : metadata_.try_shade(object, white_, shaded_);
    if constexpr (!alone) pass_window(Window::between_mark_and_push);
    if (won) stack_.push(GreyItem(object));
  }

  static constexpr std::memory_order field_order =
      means == BlackMeans::started ? std::memory_order_seq_cst : std::memory_order_acquire;

  const SideMetadata metadata_;
  const ColourByte white_;
  const ColourByte black_;
  const ColourByte shaded_;
  const unsigned depth_;
  Stack& stack_;
  std::array<Entry, max_prefetch> fifo_;
  unsigned fifo_used_ = 0;
  unsigned fifo_next_ = 0;
};

/// Calls `work` with the scanner that fits the phase: `work.template operator()<BlackMeans>()`.
template <class Work>
auto with_black_means(BlackMeans means, Work&& work) {
  switch (means) {
    case BlackMeans::started:
      return work.template operator()<BlackMeans::started>();
    case BlackMeans::completed:
      return work.template operator()<BlackMeans::completed>();
    default:
      return work.template operator()<BlackMeans::marked>();
  }
}

}  // namespace tricolour
