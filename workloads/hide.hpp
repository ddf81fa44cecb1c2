// Hide: the adversary.
//
// Purpose: moves references about so that a marker that trusts a missing, weak or misplaced barrier
// never meets them. The moves are named for the protection they need, never for a barrier. One
// operation is one move.
//
// Every hidden object is in exactly one place: a cell, a root or a mailbox. Cells are slots of one
// wide array and of many small boxes; each mutator has its own share. No mutator can know where the
// marker is, so a move takes an object from a random cell and leaves it in another: beside marking,
// the first has often not been scanned yet while the second has, and then only a barrier keeps the
// object. Garbage between the steps of a move brings quanta, stops and cycles into its middle.
//
//   load-and-clear          cell to root, clear the cell; later root to another cell. Needs the
//                           deletion or the insertion seen.
//   drop-after-snapshot     the same, but the object stays in roots alone for long, through
//                           snapshots and terminations.
//   store-into-black-array  new and old objects alike into the wide array only, none kept in a
//                           root.
//   hand-over               through a mailbox (a global) to the mutator that looks next; sometimes
//   through a
//                           child thread's root.
//   exchange                two cells swapped, by exchange or compare-exchange.
//   bulk-copy               a range of cells copied to another and cleared.
//
// Invariant: a table outside the heap says which serial belongs in each cell. An object and its
// tail carry serial and check word; they are looked at whenever they are moved, header first, so
// that what was freed and reused is reported and not followed.
//
// Ownership: a mutator's cells are its own; mailboxes (globals) are shared and change by
// exchange only.
//
// Source: the hiding scenarios of Dijkstra, Lamport et al. (1978) and of P. Pirinen, "Barrier
// techniques for incremental tracing" (1998).
#pragma once

#include <exception>
#include <thread>

#include "workloads/hide_cells.hpp"
#include "workloads/random.hpp"
#include "workloads/root_stack.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

/// One mutator at its moves.
template <Barrier B>
class Hider {
 public:
  enum class Move : std::uint8_t {
    all,
    load_and_clear,
    drop_after_snapshot,
    store_into_black_array,
    hand_over,
    exchange,
    bulk_copy
  };
  static constexpr std::uint64_t moves = 6;  ///< without `all`

  Hider(Mutator<B>& m, WorkloadRun& run, const HideLayout& layout)
      : m_(m),
        random_(run.random()),
        move_(static_cast<Move>(run.parameters.count("move"))),
        garbage_bytes_(run.parameters.count("garbage")),
        hold_(run.parameters.count("hold")),
        serials_(std::uint64_t{run.mutator} << 48),
        cells_(m, run, layout) {
    while (held_.size() < held_roots) held_.push(m);
  }

  void fill() {
    for (std::size_t cell = 0; cell < cells_.count(); ++cell, m_.poll()) renew(cell);
  }
  void move() {
    m_.poll();
    switch (move_ == Move::all ? static_cast<Move>(1 + random_.below(moves)) : move_) {
      case Move::drop_after_snapshot:
        return drop_after_snapshot();
      case Move::store_into_black_array:
        return store_into_black_array();
      case Move::hand_over:
        return hand_over();
      case Move::exchange:
        return swap();
      case Move::bulk_copy:
        return bulk_copy();
      default:
        return load_and_clear();
    }
  }
  void check() {
    for (std::size_t i = 0; i < held_roots; ++i) {
      if (const Object* const held = held_[i]; held != nullptr) cells_.check_intact(held);
    }
    cells_.check_all();
  }

 private:
  static constexpr std::size_t held_roots = 256;
  static constexpr std::size_t most_copied = 16;
  static constexpr std::uint64_t thread_every = 4096;

  /// A new object in `cell`; what was there dies. A safepoint.
  void renew(std::size_t cell) {
    const std::uint64_t serial = ++serials_;
    Root tail{m_, m_.allocate(0, sizeof(HiddenData))};
    *tail->template payload<HiddenData>() = {serial, ~mix(serial)};
    Object* const object = m_.allocate(1, sizeof(HiddenData));
    *object->template payload<HiddenData>() = {serial, mix(serial)};
    m_.store(object, 0, tail);
    cells_.store(cell, object);
  }
  void make_garbage() { m_.allocate(0, garbage_bytes_); }
  std::size_t any_cell() { return random_.below(cells_.count()); }

  /// Takes the object out of a cell, which is then empty; an empty one is filled first.
  Object* take(std::size_t cell) {
    if (cells_.is_empty(cell)) renew(cell);
    Object* const object = cells_.load(cell);
    cells_.store(cell, nullptr);
    return object;
  }
  /// Puts a rooted object into a cell of which the object before is looked at and dropped.
  void put(std::size_t cell, const Root& object) {
    cells_.check_intact(object);
    cells_.load(cell);
    cells_.store(cell, object);
  }

  void load_and_clear() {
    const Root object{m_, take(any_cell())};
    make_garbage();
    put(any_cell(), object);
  }

  void drop_after_snapshot() {
    Root& held = held_[random_.below(held_roots)];
    make_garbage();
    if (held.get() == nullptr) {
      held = take(any_cell());
    } else if (random_.once_in(hold_)) {
      put(any_cell(), held);
      held = nullptr;
    }
  }

  void store_into_black_array() {
    const std::size_t to = random_.below(cells_.array_share());
    make_garbage();
    if (random_.once_in(2)) {
      renew(to);
    } else {
      const Root object{m_, take(any_cell())};
      put(to, object);
    }
  }

  void hand_over() {
    Root object{m_, take(any_cell())};
    make_garbage();
    const std::uint32_t mailbox = HideLayout::first_mailbox +
                                  static_cast<std::uint32_t>(random_.below(HideLayout::mailboxes));
    if (random_.once_in(thread_every)) {
      send_through_thread(object, mailbox);
      return;
    }
    object = m_.exchange(m_.globals(), mailbox, object);
    make_garbage();
    if (object.get() != nullptr) put(any_cell(), object);
  }
  /// The object's only way to the mailbox is a child's root. What was in the mailbox dies.
  void send_through_thread(Root& object, std::uint32_t mailbox) {
    Child<B> child(m_, {&object});
    object = nullptr;
    std::exception_ptr failure;
    std::thread thread = start_thread({.role = "a child thread of hide"}, [&] {
      Mutator<B>& m = child.attach();
      try {
        m.allocate(0, garbage_bytes_);
        m.poll();
        m.exchange(m.globals(), mailbox, child.argument(0));
      } catch (...) {
        failure = std::current_exception();
      }
      child.end();
    });
    m_.blocking([&] { thread.join(); });
    if (failure) std::rethrow_exception(failure);
  }

  void swap() {
    const std::size_t one = any_cell();
    const std::size_t other = any_cell();
    make_garbage();
    if (one == other) return;
    const auto [one_object, one_index] = cells_.place(one);
    const auto [other_object, other_index] = cells_.place(other);
    Object* const moved = cells_.load(one);
    Object* replaced = cells_.load(other);
    if (random_.once_in(2)) {
      replaced = m_.exchange(other_object, other_index, moved);
    } else {
      WorkloadRun::check(m_.compare_exchange(other_object, other_index, replaced, moved),
                         "hide: a compare-exchange was refused");
    }
    cells_.expect(other, moved);
    m_.store(one_object, one_index, replaced);
    cells_.expect(one, replaced);
  }

  void bulk_copy() {
    const std::size_t share = cells_.array_share();
    const std::size_t count = 1 + random_.below(std::min(most_copied, share / 4));
    const std::size_t from = random_.below(share - count + 1);
    const std::size_t to = random_.below(share - count + 1);
    make_garbage();
    if (from < to + count && to < from + count) return;
    cells_.move_range(from, to, count);
    for (std::size_t cell = from; cell < from + count; ++cell) renew(cell);
  }

  Mutator<B>& m_;
  SplitMix random_;
  const Move move_;
  const std::size_t garbage_bytes_;
  const std::size_t hold_;
  std::uint64_t serials_;
  HideCells<B> cells_;
  RootStack held_;
};

struct Hide {
  static WorkloadInfo info() {
    return {
        .name = "hide",
        .summary = "hides objects from the marker by every move a barrier must see",
        .source = "Dijkstra, Lamport et al. 1978; Pirinen 1998",
        .operation = "one move",
        .parameters = {{.name = "move",
                        .value = 0,
                        .unit = "",
                        .summary = "which moves",
                        .least = 0,
                        .most = 6,
                        .words = {"all", "load-and-clear", "drop-after-snapshot",
                                  "store-into-black-array", "hand-over", "exchange", "bulk-copy"}},
                       {.name = "cells",
                        .value = 65'536,
                        .unit = "slots",
                        .summary = "of the wide array; as many again are in boxes",
                        .least = 4096,
                        .most = 1e8,
                        .small = 4096},
                       {.name = "garbage",
                        .value = 256,
                        .unit = "bytes",
                        .summary = "allocated in the middle of each move",
                        .least = 0,
                        .most = 1e6},
                       {.name = "hold",
                        .value = 64,
                        .unit = "visits",
                        .summary = "mean stay of an object that is in roots alone",
                        .least = 1,
                        .most = 1e9}},
        .shared = true};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    return HideLayout{parameters}.live_bytes();
  }

  template <Barrier B>
  static void setup(Mutator<B>& m, WorkloadRun& run) {
    const HideLayout layout{run.parameters};
    m.make_globals(HideLayout::first_mailbox + HideLayout::mailboxes);
    make_array(m, HideLayout::array_global, layout.array_cells);
    make_array(m, HideLayout::boxes_global, layout.boxes);
    for (std::size_t i = 0; i < layout.boxes; ++i, m.poll()) {
      Object* const box = m.allocate(HideLayout::box_slots, 0);
      m.store(m.load(m.globals(), HideLayout::boxes_global), i, box);
    }
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    Hider<B> hider{m, run, HideLayout{run.parameters}};
    hider.fill();
    run.begin(m);
    while (run.next_operation()) hider.move();
    run.end(m);
    hider.check();
  }

 private:
  template <Barrier B>
  static void make_array(Mutator<B>& m, std::uint32_t global, std::size_t slots) {
    Object* const array = m.allocate(static_cast<std::uint32_t>(slots), 0);
    m.store(m.globals(), global, array);
  }
};

}  // namespace tricolour
