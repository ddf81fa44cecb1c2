// Wide array: one reference array of many millions of slots, with stores all over it.
//
// Purpose: an object that no marker can scan in one go. Chunked scanning, re-greying by chunk, bulk
// operations and pause bounds. One operation is one random slot read and, mostly, changed; now and
// then a range is cleared or copied, ranges overlapping.
//
// Invariant: a table outside the heap says which object belongs in each slot; an object carries its
// serial and a check word. So every load is checked exactly, and at the end the whole array is.
//
// Ownership: array and table belong to one mutator.
//
// Source: the worst case of H. Baker, "List processing in real time on a serial computer" (1978):
// one object too long to scan at once.
#pragma once

#include <algorithm>

#include "workloads/program.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct WideArray {
  static WorkloadInfo info() {
    return {.name = "wide_array",
            .summary = "random stores and bulk operations in one very large reference array",
            .source = "worst case of incremental scanning (Baker 1978)",
            .operation = "one slot read and mostly changed, or one range cleared or copied",
            .parameters = {{.name = "slots",
                            .value = 1e7,
                            .unit = "slots",
                            .summary = "of each mutator's array",
                            .least = 1024,
                            .most = 2.6e8,
                            .small = 20000},
                           {.name = "filled",
                            .value = 0.2,
                            .unit = "of slots",
                            .summary = "the largest share that holds an object of 32 bytes",
                            .least = 0.01,
                            .most = 1},
                           {.name = "bulk_every",
                            .value = 1000,
                            .unit = "operations",
                            .summary = "mean distance of bulk operations; 0: none",
                            .least = 0,
                            .most = 1e9},
                           {.name = "bulk_slots",
                            .value = 1000,
                            .unit = "slots",
                            .summary = "most slots of a bulk operation",
                            .least = 1,
                            .most = 1e6}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t slots = parameters.count("slots");
    return Object::size_for(static_cast<std::uint32_t>(slots), 0) +
           most_filled(parameters) * element_bytes;
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Element {
    std::uint64_t serial;
    std::uint64_t check;
  };
  static constexpr std::size_t element_bytes = Object::size_for(0, sizeof(Element));
  static_assert(element_bytes == 32);

  static std::size_t most_filled(const Parameters& parameters) {
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(parameters.number("slots") * parameters.number("filled")));
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          slots_(run.parameters.count("slots")),
          most_filled_(most_filled(run.parameters)),
          bulk_every_(run.parameters.count("bulk_every")),
          bulk_slots_(std::min(run.parameters.count("bulk_slots"), slots_ / 4)),
          array_(m, m.allocate(static_cast<std::uint32_t>(slots_), 0)),
          expected_(slots_) {}

    void build() {
      for (std::size_t i = 0; i < most_filled_; ++i, m_.poll()) put_new(i * slots_ / most_filled_);
    }

    void operation() {
      m_.poll();
      if (bulk_every_ != 0 && random_.once_in(bulk_every_)) return bulk();
      const std::size_t slot = random_.below(slots_);
      check_slot(slot);
      if (expected_[slot] == 0) {
        if (filled_ < most_filled_) put_new(slot);
        return;
      }
      switch (random_.below(4)) {
        case 0:
          return clear(slot);
        case 1:
          return swap(slot, random_.below(slots_));
        case 2:
          return put_new(slot);
        default:
          return replace_by_exchange(slot);
      }
    }

    void check() {
      std::size_t filled = 0;
      for (std::size_t slot = 0; slot < slots_; ++slot) {
        check_slot(slot);
        filled += expected_[slot] != 0;
        if (slot % 4096 == 0) m_.poll();
      }
      WorkloadRun::check(filled == filled_ && filled <= most_filled_,
                         "wide_array: the number of objects is wrong");
    }

   private:
    Object* make_element() {
      Object* const element = m_.allocate(0, sizeof(Element));
      if (static_cast<std::uint32_t>(++serial_) == 0) ++serial_;
      *element->template payload<Element>() = {serial_, mix(serial_)};
      return element;
    }
    void put_new(std::size_t slot) {
      Object* const element = make_element();
      m_.store(array_, slot, element);
      expect(slot, serial_);
    }
    void clear(std::size_t slot) {
      m_.store(array_, slot, nullptr);
      expect(slot, 0);
    }
    void swap(std::size_t one, std::size_t other) {
      Object* const moved = m_.exchange(array_, one, m_.load(array_, other));
      m_.store(array_, other, moved);
      std::swap(expected_[one], expected_[other]);
    }
    void replace_by_exchange(std::size_t slot) {
      Object* const element = make_element();
      check_object(m_.exchange(array_, slot, element), expected_[slot]);
      expect(slot, serial_);
    }

    /// Clears a range, or copies it to another, where there is room for what it holds.
    void bulk() {
      const std::size_t count = 1 + random_.below(bulk_slots_);
      const std::size_t from = random_.below(slots_ - count + 1);
      const std::size_t to = random_.once_in(4) ? from - random_.below(std::min(from, count) + 1)
                                                : random_.below(slots_ - count + 1);
      const std::size_t held = held_in(from, count);
      const bool copied =
          !random_.once_in(4) && filled_ - held_in(to, count) + held <= most_filled_;
      if (copied) {
        m_.copy_range(array_, from, array_, to, count);
        filled_ = filled_ - held_in(to, count) + held;
        const std::vector<std::uint32_t> moved(at(from), at(from + count));
        std::copy(moved.begin(), moved.end(), at(to));
      } else {
        m_.clear_range(array_, from, count);
        filled_ -= held;
        std::fill(at(from), at(from + count), 0);
      }
    }
    std::size_t held_in(std::size_t from, std::size_t count) {
      return count - static_cast<std::size_t>(std::count(at(from), at(from + count), 0));
    }
    std::vector<std::uint32_t>::iterator at(std::size_t slot) {
      return expected_.begin() + static_cast<std::ptrdiff_t>(slot);
    }

    void expect(std::size_t slot, std::uint64_t serial) {
      filled_ = filled_ - (expected_[slot] != 0) + (serial != 0);
      expected_[slot] = static_cast<std::uint32_t>(serial);
    }
    void check_slot(std::size_t slot) { check_object(m_.load(array_, slot), expected_[slot]); }
    static void check_object(const Object* element, std::uint32_t expected) {
      WorkloadRun::check((element != nullptr) == (expected != 0),
                         "wide_array: a slot is empty, or filled, against expectation");
      if (element == nullptr) return;
      const Element& data = *element->template payload<Element>();
      WorkloadRun::check(
          static_cast<std::uint32_t>(data.serial) == expected && data.check == mix(data.serial),
          "wide_array: an object does not hold what was written to it");
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t slots_;
    const std::size_t most_filled_;
    const std::size_t bulk_every_;
    const std::size_t bulk_slots_;
    const Root array_;
    /// Low half of the serial of each slot's object, or 0. A serial whose low half is 0 is never
    /// drawn.
    std::vector<std::uint32_t> expected_;
    std::size_t filled_ = 0;
    std::uint64_t serial_ = 0;
  };
};

}  // namespace tricolour
