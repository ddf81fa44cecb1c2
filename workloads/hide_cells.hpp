// The cells in which `hide` keeps its objects.
//
// Purpose: places to hide an object in, of two kinds: slots of one wide array, and slots of small
// boxes that another array refers to.
//
// Invariant: a table outside the heap says which serial belongs in each cell. A hidden object and
// its tail, which nothing else refers to, carry the serial and a check word.
//
// Ownership: the arrays are globals, made once; each mutator has its own share of their cells, and
// its own table.
#pragma once

#include <algorithm>
#include <vector>

#include "workloads/intact.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

/// Serial and check word of a hidden object, and of its tail.
struct HiddenData {
  std::uint64_t serial;
  std::uint64_t check;
};

/// Where cells lie: the globals object and what it refers to.
struct HideLayout {
  static constexpr std::uint32_t array_global = 0;
  static constexpr std::uint32_t boxes_global = 1;
  static constexpr std::uint32_t first_mailbox = 2;
  static constexpr std::uint32_t mailboxes = 32;
  static constexpr std::uint32_t box_slots = 4;
  static constexpr std::size_t hidden_bytes =
      Object::size_for(1, sizeof(HiddenData)) + Object::size_for(0, sizeof(HiddenData));

  explicit HideLayout(const Parameters& parameters)
      : array_cells(parameters.count("cells")), boxes(array_cells / box_slots) {}
  /// Each cell filled; a few objects more are in roots and mailboxes.
  std::size_t live_bytes() const {
    return Object::size_for(static_cast<std::uint32_t>(array_cells), 0) +
           Object::size_for(static_cast<std::uint32_t>(boxes), 0) +
           boxes * Object::size_for(box_slots, 0) +
           (array_cells + boxes * box_slots + mailboxes) * hidden_bytes;
  }

  std::size_t array_cells;
  std::size_t boxes;
};

/// One mutator's share of the cells, what belongs in them, and the checks.
template <Barrier B>
class HideCells {
 public:
  HideCells(Mutator<B>& m, const WorkloadRun& run, const HideLayout& layout)
      : m_(m),
        array_(m, m.load(m.globals(), HideLayout::array_global)),
        boxes_(m, m.load(m.globals(), HideLayout::boxes_global)),
        array_share_(layout.array_cells / run.mutators),
        first_in_array_(array_share_ * run.mutator),
        box_share_(layout.boxes / run.mutators),
        first_box_(box_share_ * run.mutator),
        expected_(array_share_ + box_share_ * HideLayout::box_slots) {}

  /// Cells below this are slots of the wide array.
  std::size_t array_share() const { return array_share_; }
  std::size_t count() const { return expected_.size(); }

  struct Place {
    Object* object;
    std::size_t index;
  };
  /// Good until the next safepoint.
  Place place(std::size_t cell) {
    if (cell < array_share_) return {array_, first_in_array_ + cell};
    const std::size_t in_boxes = cell - array_share_;
    return {m_.load(boxes_, first_box_ + in_boxes / HideLayout::box_slots),
            in_boxes % HideLayout::box_slots};
  }
  Object* load(std::size_t cell) {
    const Place from = place(cell);
    Object* const object = m_.load(from.object, from.index);
    check(object, cell);
    return object;
  }
  void store(std::size_t cell, Object* object) {
    const Place to = place(cell);
    m_.store(to.object, to.index, object);
    expect(cell, object);
  }
  void expect(std::size_t cell, const Object* object) {
    expected_[cell] = object == nullptr ? 0 : serial_of(object);
  }
  bool is_empty(std::size_t cell) const { return expected_[cell] == 0; }

  /// Moves `count` cells of the wide array: a bulk copy and a bulk clear. A safepoint. The ranges
  /// do not overlap.
  void move_range(std::size_t from, std::size_t to, std::size_t count) {
    m_.copy_range(array_, first_in_array_ + from, array_, first_in_array_ + to, count);
    m_.clear_range(array_, first_in_array_ + from, count);
    const auto begin = expected_.begin();
    std::copy_n(begin + static_cast<std::ptrdiff_t>(from), count,
                begin + static_cast<std::ptrdiff_t>(to));
    std::fill_n(begin + static_cast<std::ptrdiff_t>(from), count, 0);
  }

  void check(const Object* object, std::size_t cell) {
    WorkloadRun::check((object == nullptr) == is_empty(cell),
                       "hide: a cell is empty, or filled, against expectation");
    if (object == nullptr) return;
    check_intact(object);
    WorkloadRun::check(serial_of(object) == expected_[cell],
                       "hide: a cell holds another object than was stored there");
  }
  /// The object and its tail are what some mutator made.
  void check_intact(const Object* object) {
    check_header(m_, object, 1, sizeof(HiddenData), "hide");
    const HiddenData& data = *object->template payload<HiddenData>();
    WorkloadRun::check(data.check == mix(data.serial),
                       "hide: an object does not hold what was written to it");
    const Object* const tail = m_.load(const_cast<Object*>(object), 0);
    check_header(m_, tail, 0, sizeof(HiddenData), "hide");
    const HiddenData& tail_data = *tail->template payload<HiddenData>();
    WorkloadRun::check(tail_data.serial == data.serial && tail_data.check == ~data.check,
                       "hide: a tail does not hold what was written to it");
  }
  void check_all() {
    for (std::size_t cell = 0; cell < count(); ++cell, m_.poll()) load(cell);
  }

 private:
  static std::uint64_t serial_of(const Object* object) {
    return object->template payload<HiddenData>()->serial;
  }

  Mutator<B>& m_;
  const Root array_;
  const Root boxes_;
  const std::size_t array_share_;
  const std::size_t first_in_array_;
  const std::size_t box_share_;
  const std::size_t first_box_;
  std::vector<std::uint64_t> expected_;
};

}  // namespace tricolour
