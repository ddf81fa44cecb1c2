// Schedule windows: the moments between two steps of one thread at which another thread's steps
// matter.
//
// Purpose: a race that needs two threads to meet within nanoseconds is met by chance once in a
// million cycles. A build with TRICOLOUR_FAULTS widens such windows: a stress run delays threads
// there as a seed decides, a test visits the window and makes the other thread's steps happen
// inside it. The seed makes some windows wide often and others seldom: many delays everywhere would
// only slow all threads down alike.
//
// Invariant: elsewhere `pass` is nothing. A delay changes no result of a correct program: it only
// yields or spins.
//
// Ownership: seed and visitor are set while no other thread passes windows; a visitor is called on
// any thread.
//
// Memory ordering: seed and visitor are relaxed: threads are started after they are set. A thread's
// dice are its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/build_flavour.hpp"

namespace tricolour {

enum class Window : std::uint8_t {
  between_poll_and_answer,      ///< a mutator saw the poll flag and has not said that it is stopped
  between_request_and_arrival,  ///< a stop or handshake is asked for, and no thread looks yet
                                ///< whether mutators have come
  between_claim_and_handshake,  ///< a blocked mutator is claimed, and its work not begun
  before_leaving_blocked,       ///< a blocked mutator is about to take itself back
  between_farewell_and_removal,  ///< a mutator has flushed and is still registered
  between_white_and_exchange,    ///< an object looked white, and its colour is not exchanged yet
  between_mark_and_push,         ///< an object is marked, and in no grey set yet
  between_black_and_scan,  ///< an object is being scanned: its colour says so, its fields have not
                           ///< been read
  between_card_scans,      ///< a dirty card was taken and scanned
  between_draw_and_scan,   ///< a piece of the cards was drawn, and is not scanned yet
  between_count_and_publish,    ///< a packet is counted as published and not in the stack yet
  between_take_and_count,       ///< a packet is out of the stack and still counted as published
  between_bottom_and_top,       ///< a deque's owner lowered bottom and has not read top
  between_cell_and_exchange,    ///< a thief has read the oldest cell and not moved top
  between_emptiness_and_close,  ///< a leader found nothing left and has not closed the run
  between_sight_and_resume,     ///< a worker sees work and is still idle
  between_resume_and_take,      ///< a worker is busy and has taken nothing
  between_work_and_idle,        ///< a worker has nothing left and has not said that it is idle
  before_parking,               ///< a worker looked once more, and is about to sleep
  between_memory_and_object,  ///< memory is handed out for an object, and nothing of the object is
                              ///< there yet
  between_start_byte_and_store,  ///< a new object is published, and no root holds it
  between_hole_and_install,      ///< a hole is found and not yet the mutator's
  between_list_and_claim,        ///< a block is off its list and not its taker's yet
  between_unswept_and_claim,     ///< a block looked unswept and is not claimed by the sweeper
  between_sweep_and_release,     ///< a block's dead are cleared, and it still shows as being swept
  between_pages_and_publish,     ///< a large object has its pages and is pending
  between_trigger_and_request,   ///< a mutator found that a cycle is due and has not asked for it
  between_cycles,                ///< a cycle ended, and nothing of the next is asked for
  between_begin_and_marking,     ///< a cycle has begun, and its thread does not mark yet
  between_gathering_and_termination,  ///< the last handshake found nothing, and the world is not
                                      ///< stopped yet
  before_entering_blocked,            ///< a mutator is about to say that it is blocked
  between_work_and_poll,              ///< a mutator's handshake is set, and its poll flag is not
  between_work_and_report,            ///< a handshake's work is done, and not reported as done
  between_report_and_release,         ///< a claimed mutator's handshake is done, its claim is held
  before_resuming,                    ///< the work of a stop is done, and mutators are stopped
  between_barrier_and_store,          ///< a barrier's first half is done, and the slot not stored
  between_store_and_card,             ///< a slot is stored, and its card not marked
  between_old_value_and_log,          ///< a slot looked unlogged, and its log bit is not set
  between_black_and_regrey,           ///< an object looked black, and is not made grey again yet
  between_dirt_and_take,              ///< a card looked dirty, and is not taken yet
  between_grey_and_black,             ///< an item's colour was read, and is not black yet
  between_cells_and_bottom,           ///< items are in a deque's cells, and bottom is below them
  between_race_and_bottom,            ///< the race for the last item is over, bottom not put back
  before_run_opens,                   ///< a run of markers is described and not open
  between_entry_and_look,             ///< an assist is counted, and has not looked for work
  between_scan_and_pour,              ///< an assist holds what is left, and gives it back next
  between_pour_and_exit,              ///< an assist gave back what was left, and is still counted
  between_count_and_bit,              ///< a set of blocks counts a member whose bit is not set
  between_bit_and_count,              ///< a bit is cleared, and its block still counted
  between_free_and_claim,             ///< a block is off the free list, and its state still free
  between_cursor_and_sweep,           ///< the cursor is past blocks that are not claimed yet
  within_begin_of_sweep,              ///< some of the heap is due to be swept, the rest not yet
  between_state_and_list,             ///< a swept block's state is published; it is on no list
  between_list_and_count,             ///< a swept block is listed, and still counted as unswept
  before_phase_change,                ///< a phase is over, and the next one not announced
  before_completion,                  ///< a cycle's sweep is due, and it is not called complete
  last = before_completion,
};
inline constexpr std::size_t window_count = static_cast<std::size_t>(Window::last) + 1;

class Schedule {
 public:
  using Visitor = std::function<void(Window)>;

  /// Delays by the dice from here on; 0: no delays.
  static void seed(std::uint64_t seed) {
    if constexpr (faults_built) seed_.store(seed, std::memory_order_relaxed);
  }
  /// Null, or what is called at every window; it must outlive every thread that passes one. It may
  /// pass windows itself.
  static void visit(const Visitor* visitor) { visitor_.store(visitor, std::memory_order_relaxed); }

  static void pass(Window here) {
    if (const Visitor* const visitor = visitor_.load(std::memory_order_relaxed)) (*visitor)(here);
    if (const std::uint64_t chosen = seed_.load(std::memory_order_relaxed)) delay(chosen, here);
  }

 private:
  static void delay(std::uint64_t chosen, Window here);

  static inline std::atomic<std::uint64_t> seed_{0};
  static inline std::atomic<const Visitor*> visitor_{nullptr};
};

/// This thread is in that window. Nothing in a build without TRICOLOUR_FAULTS.
inline void pass_window(Window here) {
  if constexpr (faults_built) Schedule::pass(here);
}

}  // namespace tricolour
