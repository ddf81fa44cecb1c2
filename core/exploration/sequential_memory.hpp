// Sequential consistency: one value per location, every access at once visible to every thread.
#pragma once

#include <array>
#include <atomic>
#include <utility>

#include "core/exploration/choice.hpp"

namespace tricolour::exploration {

template <class Value, unsigned most_locations, unsigned most_threads>
class SequentialMemory {
 public:
  static constexpr const char* name = "sc";

  void reset(unsigned locations, unsigned) { locations_ = locations; }
  void set(unsigned location, Value value) { values_[location] = value; }
  Value newest(unsigned location) const { return values_[location]; }
  Value arriving(unsigned location) const { return newest(location); }

  /// What a read-modify-write of `thread` would read.
  Value latest(unsigned, unsigned location) const { return values_[location]; }
  Value load(unsigned, unsigned location, std::memory_order, Choice&) const {
    return values_[location];
  }
  void store(unsigned, unsigned location, Value value, std::memory_order) {
    values_[location] = value;
  }
  bool can_store(unsigned) const { return true; }
  Value exchange(unsigned, unsigned location, Value value, std::memory_order) {
    return std::exchange(values_[location], value);
  }
  /// What was read; `value` is stored if that was `expected`.
  Value compare_exchange(unsigned, unsigned location, Value expected, Value value,
                         std::memory_order, std::memory_order, Choice&) {
    const Value seen = values_[location];
    if (seen == expected) values_[location] = value;
    return seen;
  }

  void synchronise_all() {}
  void synchronise(unsigned, unsigned) {}
  void retire(unsigned) {}
  void start(unsigned, unsigned) {}
  void send(unsigned, unsigned) {}
  void receive(unsigned, unsigned) {}
  /// Every thread sees the same.
  bool settled() const { return true; }
  void swap_threads(unsigned, unsigned) {}
  bool can_drain(unsigned) const { return false; }
  unsigned drain(unsigned) { return 0; }
  template <class Each>
  void for_each_buffered(unsigned, Each) const {}

  template <class Archive>
  void transfer(Archive& archive) {
    for (unsigned i = 0; i < locations_; ++i) archive(values_[i]);
  }

 private:
  std::array<Value, most_locations> values_{};
  unsigned locations_ = 0;
};

}  // namespace tricolour::exploration
