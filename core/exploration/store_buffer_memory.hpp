// Total store order: each thread's stores pass through a FIFO buffer that only the thread itself
// reads.
//
// Purpose: x86-64. Draining a buffer's oldest store is a step of its own. Sequentially consistent
// stores and every read-modify-write drain first and act on memory; loads take the newest own
// buffered store, else memory.
//
// Bound: a buffer holds `buffered` stores; a store into a full one has to wait for a drain. Real
// buffers hold some fifty. Source: Sewell, Sarkar, Owens, Zappa Nardelli, Myreen 2010, "x86-TSO: a
// rigorous and usable programmer's model".
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "core/exploration/choice.hpp"

namespace tricolour::exploration {

template <class Value, unsigned most_locations, unsigned most_threads>
class StoreBufferMemory {
 public:
  static constexpr const char* name = "tso";

  void reset(unsigned locations, unsigned threads) {
    locations_ = locations;
    threads_ = threads;
  }
  void set(unsigned location, Value value) { values_[location] = value; }
  Value newest(unsigned location) const { return values_[location]; }
  /// What is there once every buffer has drained; of a location to which one thread stores.
  Value arriving(unsigned location) const {
    for (unsigned thread = 0; thread < threads_; ++thread) {
      if (latest(thread, location) != values_[location]) return latest(thread, location);
    }
    return values_[location];
  }

  /// What a read-modify-write of `thread` would read.
  Value latest(unsigned thread, unsigned location) const {
    const Buffer& buffer = buffers_[thread];
    for (unsigned i = buffer.size; i > 0; --i) {
      if (buffer.stores[i - 1].location == location) return buffer.stores[i - 1].value;
    }
    return values_[location];
  }
  Value load(unsigned thread, unsigned location, std::memory_order, Choice&) const {
    return latest(thread, location);
  }
  void store(unsigned thread, unsigned location, Value value, std::memory_order order) {
    if (order == std::memory_order_seq_cst) {
      drain_all(thread);
      values_[location] = value;
    } else {
      Buffer& buffer = buffers_[thread];
      buffer.stores[buffer.size++] = {static_cast<std::uint8_t>(location), value};
    }
  }
  bool can_store(unsigned thread) const { return buffers_[thread].size < buffered; }
  Value exchange(unsigned thread, unsigned location, Value value, std::memory_order) {
    drain_all(thread);
    return std::exchange(values_[location], value);
  }
  /// What was read; `value` is stored if that was `expected`.
  Value compare_exchange(unsigned thread, unsigned location, Value expected, Value value,
                         std::memory_order, std::memory_order, Choice&) {
    drain_all(thread);
    const Value seen = values_[location];
    if (seen == expected) values_[location] = value;
    return seen;
  }

  /// A stop of every thread: each has drained its buffer.
  void synchronise_all() {
    for (unsigned thread = 0; thread < threads_; ++thread) drain_all(thread);
  }
  void synchronise(unsigned one, unsigned other) {
    drain_all(one);
    drain_all(other);
  }
  void retire(unsigned thread) { drain_all(thread); }
  void start(unsigned, unsigned parent) { drain_all(parent); }
  /// Through a lock or a lock-free container, whose read-modify-writes drain.
  void send(unsigned thread, unsigned) { drain_all(thread); }
  void receive(unsigned thread, unsigned) { drain_all(thread); }
  /// Every thread sees the same.
  bool settled() const {
    for (unsigned thread = 0; thread < threads_; ++thread) {
      if (can_drain(thread)) return false;
    }
    return true;
  }
  void swap_threads(unsigned one, unsigned other) { std::swap(buffers_[one], buffers_[other]); }
  bool can_drain(unsigned thread) const { return buffers_[thread].size != 0; }
  /// Drains the oldest store; returns its location.
  unsigned drain(unsigned thread) {
    Buffer& buffer = buffers_[thread];
    const Store oldest = buffer.stores[0];
    values_[oldest.location] = oldest.value;
    --buffer.size;
    for (unsigned i = 0; i < buffer.size; ++i) buffer.stores[i] = buffer.stores[i + 1];
    return oldest.location;
  }
  /// `each(location, value)`, oldest first.
  template <class Each>
  void for_each_buffered(unsigned thread, Each each) const {
    for (unsigned i = 0; i < buffers_[thread].size; ++i)
      each(buffers_[thread].stores[i].location, buffers_[thread].stores[i].value);
  }

  template <class Archive>
  void transfer(Archive& archive) {
    for (unsigned i = 0; i < locations_; ++i) archive(values_[i]);
    for (unsigned thread = 0; thread < threads_; ++thread) {
      Buffer& buffer = buffers_[thread];
      archive(buffer.size);
      for (unsigned i = 0; i < buffer.size; ++i) {
        archive(buffer.stores[i].location);
        archive(buffer.stores[i].value);
      }
    }
  }

 private:
  static constexpr unsigned buffered = 6;
  /// Room for the stores that initialise an object beside those of a nearly full buffer.
  static constexpr unsigned room = buffered + 4;
  struct Store {
    std::uint8_t location = 0;
    Value value{};
  };
  struct Buffer {
    std::array<Store, room> stores{};
    std::uint8_t size = 0;
  };

  void drain_all(unsigned thread) {
    Buffer& buffer = buffers_[thread];
    for (unsigned i = 0; i < buffer.size; ++i)
      values_[buffer.stores[i].location] = buffer.stores[i].value;
    buffer.size = 0;
  }

  std::array<Value, most_locations> values_{};
  std::array<Buffer, most_threads> buffers_{};
  unsigned locations_ = 0;
  unsigned threads_ = 0;
};

}  // namespace tricolour::exploration
