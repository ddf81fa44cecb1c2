// Heap objects whose slots and colour bytes belong to a model of memory.
//
// Purpose: code over an atomics policy (core/heap/atomics.hpp) runs on these unchanged. Objects
// have real headers at real addresses, and they stay constant while a search runs: a slot and a
// colour byte each hold the number of a location, and what the location holds is in the searched
// state. A reference is there the number of the granule at which its object begins, counted from 1;
// null is 0.
//
// Headers: a header is plain memory that the allocating thread writes. Each object has a location
// that says whether it did so. Every load of a reference looks at it, as the loading thread will do
// next; a thread that may not see it by the order of memory throws UnpublishedObject.
//
// Ownership: as of model_atomic.hpp.
#pragma once

#include <array>
#include <bit>
#include <exception>

#include "core/exploration/model_atomic.hpp"
#include "core/heap/metadata.hpp"

namespace tricolour::exploration {

/// A thread got a reference to an object whose header it may not have seen.
struct UnpublishedObject : std::exception {
  const char* what() const noexcept override { return "a header is read before it is published"; }
};

/// The few objects of one model.
class ModelObjects {
 public:
  ModelObjects() = default;
  ModelObjects(const ModelObjects&) = delete;
  ModelObjects& operator=(const ModelObjects&) = delete;

  /// Inside a ModelLocations::Scope. `allocated`: before the search; otherwise `allocate` comes.
  Object* add(unsigned slots, ColourByte state, bool allocated = true) {
    ModelLocations& locations = ModelLocations::current();
    const std::size_t bytes = Object::size_for(slots, sizeof(Word));
    if (used_ + bytes > arena_.size()) throw std::length_error("a model has too many objects");
    auto* const object = reinterpret_cast<Object*>(&arena_[used_]);
    const auto granules = static_cast<std::uint32_t>(bytes >> granule_shift);
    const Word byte = colour_byte(granules, state);
    object->initialise(slots, granules);
    colours_[used_ >> granule_shift] =
        static_cast<ColourByte>(locations.add(allocated ? byte : Word{0}));
    for (unsigned i = 0; i < slots; ++i) {
      object->slot(i).store(std::bit_cast<Object*>(std::uintptr_t{locations.add(0)}));
    }
    *object->payload<Word>() = locations.add(allocated ? 1 : 0);
    used_ += bytes;
    return object;
  }
  /// What the slot holds at first.
  static void set(Slot& slot, const Object* value) {
    ModelLocations::current().set(location_of(slot), word_of(value, &slot));
  }

  template <class Atomics>
  BasicSideMetadata<Atomics> metadata() {
    return {colours_.data(), arena_.data()};
  }
  Object* at(Word number) { return object_at(number, arena_.data()); }
  Word number_of(const Object* object) const { return word_of(object, arena_.data()); }

  static unsigned location_of(const Slot& slot) {
    return static_cast<unsigned>(std::bit_cast<std::uintptr_t>(slot.load()));
  }
  static unsigned header_location_of(const Object* object) { return *object->payload<Word>(); }
  /// `place`: any address within the same objects.
  static Word word_of(const Object* object, const void* place) {
    if (object == nullptr) return 0;
    const std::uintptr_t offset = std::bit_cast<std::uintptr_t>(object) - base_of(place);
    return static_cast<Word>(offset >> granule_shift) + 1;
  }
  static Object* object_at(Word number, const void* place) {
    if (number == 0) return nullptr;
    return std::bit_cast<Object*>(base_of(place) + ((number - 1) << granule_shift));
  }

 private:
  static constexpr std::size_t arena_bytes = 512;
  static std::uintptr_t base_of(const void* place) {
    return std::bit_cast<std::uintptr_t>(place) & ~(arena_bytes - 1);
  }
  alignas(arena_bytes) std::array<std::byte, arena_bytes> arena_{};
  std::array<ColourByte, (arena_bytes >> granule_shift)> colours_{};
  std::size_t used_ = 0;
};

/// Stands for Slot.
class ModelSlot {
 public:
  using Site = std::source_location;
  explicit ModelSlot(const Slot& slot) : slot_(slot), value_(ModelObjects::location_of(slot)) {}

  Object* load(std::memory_order order, Site site = Site::current()) const {
    Object* const value = ModelObjects::object_at(value_.load(order, site), &slot_);
    if (value != nullptr && ModelPlain(ModelObjects::header_location_of(value)).load() == 0) {
      throw UnpublishedObject{};
    }
    return value;
  }
  void store(const Object* value, std::memory_order order, Site site = Site::current()) {
    value_.store(ModelObjects::word_of(value, &slot_), order, site);
  }

 private:
  const Slot& slot_;
  ModelReference<Word> value_;
};

/// Stands for StandardAtomics.
struct ModelAtomics {
  static ModelReference<ColourByte> reference(ColourByte& byte) {
    return ModelReference<ColourByte>(byte);
  }
  static ModelSlot reference(Slot& slot) { return ModelSlot(slot); }
};

}  // namespace tricolour::exploration
