// Side metadata: the colour bytes of one heap, addressed by object address.
//
// Purpose: one byte per granule in an array of its own, so that marking and sweeping touch a
// sixteenth of the heap.
//
// Invariant: the byte of address a is bias[a >> 4], where bias is chosen per heap; so a mutator
// finds it with one shift and one add.
//
// Ownership: as in colour.hpp.
//
// Memory ordering: a start byte is stored with release after the header and the zeroed slots, and
// read with acquire by threads that did not get the object through a slot. `try_shade` is relaxed:
// the winner of the exchange owns the right to push the object. Where a barrier tests the colour of
// an object it has just written to, store-load order needs seq_cst on both sides:
// MutatorColours::is_black and the scanner's blacken.
#pragma once

#include <array>
#include <atomic>

#include "core/heap/atomics.hpp"
#include "core/heap/colour.hpp"
#include "core/heap/object.hpp"
#include "core/seams/faults.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

/// `Atomics`: StandardAtomics, or a model checker's.
template <class Atomics = StandardAtomics>
class BasicSideMetadata {
 public:
  BasicSideMetadata() = default;
  /// `bytes` covers the heap that starts at `heap_base`.
  BasicSideMetadata(ColourByte* bytes, const std::byte* heap_base)
      : bias_(reinterpret_cast<std::uintptr_t>(bytes) -
              (reinterpret_cast<std::uintptr_t>(heap_base) >> granule_shift)) {}

  ColourByte* byte_of(const void* address) const {
    return reinterpret_cast<ColourByte*>(
        bias_ + (reinterpret_cast<std::uintptr_t>(address) >> granule_shift));
  }

  /// The byte that colours `slot` of `object`: the object's own, or its chunk's when the object is
  /// a chunked array.
  ColourByte* byte_of_slot(Object* object, const Slot& slot) const {
    if (!object->has_chunks()) return byte_of(object);
    return byte_of_chunk(object, object->chunk_of(slot));
  }
  ColourByte* byte_of_chunk(Object* object, std::size_t chunk) const {
    return byte_of(reinterpret_cast<std::byte*>(object) + chunk * chunk_slots * sizeof(Slot));
  }

  static auto atomic(ColourByte* byte) { return Atomics::reference(*byte); }

  /// A filter only: a thread that acts on it exchanges afterwards, so relaxed is enough.
  ColourByte load_relaxed(const Object* object) const {
    return atomic(byte_of(object)).load(std::memory_order_relaxed);
  }
  /// Acquires what the allocating thread stored before the start byte; partner: `publish`.
  ColourByte load_acquire(const Object* object) const {
    return atomic(byte_of(object)).load(std::memory_order_acquire);
  }
  /// Publishes header and zeroed slots; partner: `load_acquire`.
  void publish(const Object* object, ColourByte byte) const {
    atomic(byte_of(object)).store(byte, std::memory_order_release);
  }

  /// Moves `object` from `white` to `target`; true for the one thread that did it. Relaxed: it only
  /// decides who pushes. Header and slots came to this thread with its reference (acquire), and go
  /// to the one that scans with the packet.
  bool try_shade(const Object* object, ColourByte white, ColourByte target) const {
    auto byte = atomic(byte_of(object));
    ColourByte seen = byte.load(std::memory_order_relaxed);
    if (state_of(seen) != white) return false;
    const Neighbours neighbours(byte_of(object));
    pass_window(Window::between_white_and_exchange);
    neighbours.write_back();
    if (faulty(Fault::mark_not_atomic)) {
      byte.store(with_state(seen, target), std::memory_order_relaxed);
      return true;
    }
    return byte.compare_exchange_strong(seen, with_state(seen, target), std::memory_order_relaxed,
                                        std::memory_order_relaxed);
  }
  /// As `try_shade`, for a caller that is alone with the metadata (the world stopped, one marking
  /// thread).
  bool try_shade_alone(const Object* object, ColourByte white, ColourByte target) const {
    ColourByte* byte = byte_of(object);
    if (state_of(*byte) != white) return false;
    *byte = with_state(*byte, target);
    return true;
  }

 private:
  /// The seam of Fault::neighbour_byte_written_back, as if a mark were the store of a whole word:
  /// the other bytes of the word, read before the window and written behind it.
  class Neighbours {
   public:
    explicit Neighbours(ColourByte* byte) {
      if constexpr (!faults_built) return;
      if (!faulty(Fault::neighbour_byte_written_back)) return;
      own_ = reinterpret_cast<std::uintptr_t>(byte) % word_bytes;
      word_ = byte - own_;
      each([this](std::size_t i) { seen_[i] = atomic(word_ + i).load(std::memory_order_relaxed); });
    }
    void write_back() const {
      if constexpr (!faults_built) return;
      if (word_ == nullptr) return;
      each([this](std::size_t i) { atomic(word_ + i).store(seen_[i], std::memory_order_relaxed); });
    }

   private:
    static constexpr std::size_t word_bytes = sizeof(std::uint64_t);
    template <class Work>
    void each(Work work) const {
      for (std::size_t i = 0; i < word_bytes; ++i) {
        if (i != own_) work(i);
      }
    }
    ColourByte* word_ = nullptr;
    std::size_t own_ = 0;
    std::array<ColourByte, word_bytes> seen_{};
  };

  std::uintptr_t bias_ = 0;
};
using SideMetadata = BasicSideMetadata<>;

}  // namespace tricolour
