// Objects and slots: what lies in heap memory.
//
// Purpose: one layout for every object. An 8-byte header (slot count, size in granules) is followed
// by the reference slots and then by raw payload bytes. Objects are aligned to, and their size is a
// multiple of, one granule (16 bytes).
//
// Invariant: the header never changes between allocation and the sweep that frees the object. A
// slot holds null or the address of a header.
//
// Ownership: the header is written by the allocating mutator before the object can be reached;
// afterwards every thread reads it. Slots are written by mutators (through a barrier) and read by
// mutators, markers and the oracle. Payload belongs to the mutators alone.
//
// Memory ordering: this is the only file that touches a slot's atomic. A store of a reference
// releases the header, the zeroed slots and the metadata byte of the object it points to; the
// acquiring load of the slot, by a mutator or a marker, is its partner.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/saturating.hpp"

namespace tricolour {

inline constexpr std::size_t granule_bytes = 16;
inline constexpr std::size_t granule_shift = 4;

class Object;

/// One reference field. Any thread may load; a store is made through a mutator's barrier.
class Slot {
 public:
  /// Acquires the header, slots and metadata of the object referred to; partner: `store`,
  /// `exchange`, `compare_exchange`.
  Object* load(std::memory_order order = std::memory_order_acquire) const {
    return value_.load(order);
  }
  /// Publishes the object referred to; partner: `load`. Barriers that test after they store pass
  /// seq_cst (see their header).
  void store(Object* value, std::memory_order order = std::memory_order_release) {
    value_.store(value, order);
  }
  /// Publishes `value`, acquires the object returned; partners: `load`, `store`.
  Object* exchange(Object* value, std::memory_order order = std::memory_order_acq_rel) {
    return value_.exchange(value, order);
  }
  /// As `exchange` when the slot holds `expected`; otherwise loads the present value into
  /// `expected` (acquire).
  bool compare_exchange(Object*& expected, Object* value,
                        std::memory_order order = std::memory_order_acq_rel) {
    return value_.compare_exchange_strong(expected, value, order, std::memory_order_acquire);
  }

 private:
  std::atomic<Object*> value_;
};
static_assert(sizeof(Slot) == 8 && std::atomic<Object*>::is_always_lock_free);

/// Long arrays are marked, re-greyed and coloured in chunks of this many slots (8 KiB): what a
/// mutator that assists, or that stores into one, does at once. Referents may be anywhere in the
/// heap, and each can miss every cache.
inline constexpr std::uint32_t chunk_slots = 1024;
/// Arrays with more slots than these have chunks (above 32 KiB). They are large objects, because
/// each chunk has a colour, and blocks are swept by start bytes: no hole is as long.
inline constexpr std::uint32_t most_whole_slots = 4096;

class Object {
 public:
  std::uint32_t slot_count() const { return slot_count_; }
  std::size_t bytes() const { return std::size_t{granules_} << granule_shift; }
  std::uint32_t granules() const { return granules_; }

  /// The `index`-th reference field; index < slot_count().
  Slot& slot(std::size_t index) { return slots()[index]; }
  const Slot& slot(std::size_t index) const { return slots()[index]; }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
  const Slot* slots() const { return reinterpret_cast<const Slot*>(this + 1); }

  bool has_chunks() const { return slot_count_ > most_whole_slots; }
  /// 1 for an object that has none.
  std::size_t chunk_count() const {
    return has_chunks() ? (slot_count_ + chunk_slots - 1) / chunk_slots : 1;
  }
  /// The number of the chunk that `slot` of this object is in.
  std::size_t chunk_of(const Slot& slot) const {
    return has_chunks() ? static_cast<std::size_t>(&slot - slots()) / chunk_slots : 0;
  }
  /// The fields of chunk `number`: of an object without chunks, chunk 0 has all.
  std::span<Slot> chunk(std::size_t number) {
    if (!has_chunks()) return {slots(), slot_count_};
    const std::size_t begin = number * chunk_slots;
    return {slots() + begin, std::min<std::size_t>(chunk_slots, slot_count_ - begin)};
  }

  /// The raw bytes behind the slots, as the caller's trivially copyable type; zero when freshly
  /// allocated.
  template <class T>
  T* payload() {
    return reinterpret_cast<T*>(slots() + slot_count_);
  }
  /// The same when the number of slots is known: saves a load of the header.
  template <class T>
  T* payload_behind(std::size_t slots_known) {
    return reinterpret_cast<T*>(slots() + slots_known);
  }
  template <class T>
  const T* payload() const {
    return reinterpret_cast<const T*>(slots() + slot_count_);
  }

  /// Bytes of heap that an object with these fields takes, header and rounding included; for fields
  /// that no address space holds, more than any heap has.
  static constexpr std::size_t size_for(std::size_t slots, std::size_t payload_bytes) {
    constexpr std::size_t header_and_rounding = sizeof(Object) + granule_bytes - 1;
    const std::size_t beside_payload = add_sat(mul_sat(slots, sizeof(Slot)), header_and_rounding);
    return add_sat(beside_payload, payload_bytes) / granule_bytes * granule_bytes;
  }
  /// The header counts granules in 32 bits.
  static constexpr bool fits_header(std::size_t bytes) {
    return bytes >> granule_shift <= ~std::uint32_t{0};
  }

  /// Written once, by the allocating thread, before the object can be reached.
  void initialise(std::uint32_t slots, std::uint32_t granules) {
    slot_count_ = slots;
    granules_ = granules;
  }

 private:
  std::uint32_t slot_count_;
  std::uint32_t granules_;
};
static_assert(sizeof(Object) == 8);

/// What a grey item has room for.
inline constexpr unsigned chunk_number_bits = 18;
inline constexpr std::uint32_t max_slots = (chunk_slots << chunk_number_bits) - 1;

}  // namespace tricolour
