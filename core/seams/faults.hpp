// Seeded faults: what is wrong on purpose, one at a time, to see that the checks notice.
//
// Purpose: a check is worth what it catches. Each fault is a mistake that shipped collectors have
// made or could make. Those that stand in a seam of core or collectors are switched at run time by
// `FaultSwitch`; the others are mutant types beside the tests that kill them. `tools/faults` runs
// every killing test.
//
// Invariant: in a build without TRICOLOUR_FAULTS `faulty` is the constant false, and nothing of a
// fault is there.
//
// Ownership: switched while no heap exists, by the thread that makes it; read by any thread.
//
// Memory ordering: relaxed: threads are started after the switch.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "core/build_flavour.hpp"

namespace tricolour {

/// In the order of the list of faults that the checks must catch; the number is the list's, and
/// some numbers have variants.
enum class Fault : std::uint8_t {
  none,
  // Barriers
  flag_loaded_before_poll,       ///< 1: the marking flag is loaded before a poll and used after it
  old_value_read_after_store,    ///< 2
  exchange_without_barrier,      ///< 3: nor does a compare-exchange have one
  null_store_skipped,            ///< 4: a null store deletes
  black_tested_without_order,    ///< 5: dijkstra-black without store-load order (Pirinen 1998)
  black_set_before_scan,         ///< 5: abraham-patel's black on the wrong side of the scan
  roots_of_any_mutator_scanned,  ///< 6: hybrid asks whether any mutator's roots are scanned (Go
                                 ///< proposal 17503 says: its own)
  card_cleared_late,  ///< 7: after its scan; or before it by a plain store, which the scan's loads
                      ///< may overtake: the same history
  ragged_scans_of_yuasa,         ///< 8: what the hybrid barrier was made for
  handed_over_unshaded,          ///< 9: an object goes from mutator to mutator by root
  global_store_without_barrier,  ///< 10
  full_buffer_polls,             ///< 11
  // Phases and handshakes
  tracing_before_barrier_on,      ///< 12: not every mutator has acknowledged that the barrier is on
  acknowledgement_not_awaited,    ///< 12: of a begin by handshakes, all in one
  allocation_stays_white,         ///< 13
  roots_not_rescanned,            ///< 14
  blocked_mutator_not_rescanned,  ///< 15
  sense_flipped_unannounced,      ///< 16
  shades_of_ended_mutator_dropped,  ///< 17
  shades_survive_cycle,             ///< 18
  terminates_twice,                 ///< 19: a fallback to a pause enters termination again
  store_after_flush_unchecked,      ///< 20: as in Go issue 27993
  // Marking
  idle_before_look,        ///< 21: the count of workers and the queue are checked in two steps
  idle_before_last_round,  ///< 22: a worker counts itself out before it asks for another round
  workers_left_out,        ///< 23: termination looks at the wrong range of workers
  take_without_order,      ///< 24: Chase-Lev (Le, Pop, Cohen, Zappa Nardelli 2013 on what it needs)
  resize_frees_under_thief,  ///< 25
  deque_indices_wrap,        ///< 26
  packets_without_aba_tag,   ///< 27
  mark_not_atomic,           ///< 28
  // Sweeping and allocation
  block_swept_twice,         ///< 29: two sweepers claim one block
  start_byte_before_header,  ///< 30
  hole_too_long,             ///< 31: by one granule
  hole_not_retired,          ///< 31: its unused tail is swept and handed out to another
  large_pages_reused_early,  ///< 32
  // Lists of blocks
  list_trusted,      ///< 33: a block is on two lists, and a claim trusts a list
  full_with_holes,   ///< 34: a block that has room is taken for full
  list_loses_block,  ///< 35: a swept block is on no list
  // Scanning again at once
  rescan_at_once_dropped,  ///< 36: a slot that is to be scanned at once is not scanned
  // Windows of nanoseconds
  neighbour_byte_written_back,   ///< 37: a mark writes its neighbours' bytes back as read
  assist_leaves_before_pouring,  ///< 38: an assist counts itself out and holds grey items
  // Waits
  full_buffer_locks,      ///< 39: a lock that is held while a mutator is awaited
  blocked_never_claimed,  ///< 40: a blocked mutator is awaited as one that runs
  claim_released_early,   ///< 41: before the work for the blocked mutator is done
  // Scans in pieces, and ends without a stop
  clean_handle_assigned_unshaded,  ///< 42: below the clean mark of a stack
  own_flush_unseen,                ///< 43: a buffer that fills does not spoil the round it fills in
};

struct FaultInfo {
  Fault fault;
  unsigned number;  ///< in the list
  bool switched;    ///< stands in a seam; otherwise it is a mutant beside its test
  std::string_view name;
};

inline constexpr std::array<FaultInfo, 46> all_faults{{
    {Fault::flag_loaded_before_poll, 1, false, "flag_loaded_before_poll"},
    {Fault::old_value_read_after_store, 2, false, "old_value_read_after_store"},
    {Fault::exchange_without_barrier, 3, true, "exchange_without_barrier"},
    {Fault::null_store_skipped, 4, false, "null_store_skipped"},
    {Fault::black_tested_without_order, 5, false, "black_tested_without_order"},
    {Fault::black_set_before_scan, 5, true, "black_set_before_scan"},
    {Fault::roots_of_any_mutator_scanned, 6, false, "roots_of_any_mutator_scanned"},
    {Fault::card_cleared_late, 7, true, "card_cleared_late"},
    {Fault::ragged_scans_of_yuasa, 8, false, "ragged_scans_of_yuasa"},
    {Fault::handed_over_unshaded, 9, true, "handed_over_unshaded"},
    {Fault::global_store_without_barrier, 10, true, "global_store_without_barrier"},
    {Fault::full_buffer_polls, 11, true, "full_buffer_polls"},
    {Fault::tracing_before_barrier_on, 12, true, "tracing_before_barrier_on"},
    {Fault::acknowledgement_not_awaited, 12, true, "acknowledgement_not_awaited"},
    {Fault::allocation_stays_white, 13, true, "allocation_stays_white"},
    {Fault::roots_not_rescanned, 14, true, "roots_not_rescanned"},
    {Fault::blocked_mutator_not_rescanned, 15, true, "blocked_mutator_not_rescanned"},
    {Fault::sense_flipped_unannounced, 16, true, "sense_flipped_unannounced"},
    {Fault::shades_of_ended_mutator_dropped, 17, true, "shades_of_ended_mutator_dropped"},
    {Fault::shades_survive_cycle, 18, true, "shades_survive_cycle"},
    {Fault::terminates_twice, 19, true, "terminates_twice"},
    {Fault::store_after_flush_unchecked, 20, true, "store_after_flush_unchecked"},
    {Fault::idle_before_look, 21, false, "idle_before_look"},
    {Fault::idle_before_last_round, 22, true, "idle_before_last_round"},
    {Fault::workers_left_out, 23, true, "workers_left_out"},
    {Fault::take_without_order, 24, false, "take_without_order"},
    {Fault::resize_frees_under_thief, 25, false, "resize_frees_under_thief"},
    {Fault::deque_indices_wrap, 26, false, "deque_indices_wrap"},
    {Fault::packets_without_aba_tag, 27, false, "packets_without_aba_tag"},
    {Fault::mark_not_atomic, 28, true, "mark_not_atomic"},
    {Fault::block_swept_twice, 29, true, "block_swept_twice"},
    {Fault::start_byte_before_header, 30, true, "start_byte_before_header"},
    {Fault::hole_too_long, 31, true, "hole_too_long"},
    {Fault::hole_not_retired, 31, true, "hole_not_retired"},
    {Fault::large_pages_reused_early, 32, true, "large_pages_reused_early"},
    {Fault::list_trusted, 33, true, "list_trusted"},
    {Fault::full_with_holes, 34, true, "full_with_holes"},
    {Fault::list_loses_block, 35, true, "list_loses_block"},
    {Fault::rescan_at_once_dropped, 36, true, "rescan_at_once_dropped"},
    {Fault::neighbour_byte_written_back, 37, true, "neighbour_byte_written_back"},
    {Fault::assist_leaves_before_pouring, 38, true, "assist_leaves_before_pouring"},
    {Fault::full_buffer_locks, 39, true, "full_buffer_locks"},
    {Fault::blocked_never_claimed, 40, true, "blocked_never_claimed"},
    {Fault::claim_released_early, 41, true, "claim_released_early"},
    {Fault::clean_handle_assigned_unshaded, 42, true, "clean_handle_assigned_unshaded"},
    {Fault::own_flush_unseen, 43, true, "own_flush_unseen"},
}};

/// Switches one fault on for the life of this object, for the whole process.
class FaultSwitch {
 public:
  explicit FaultSwitch(Fault fault) {
    if constexpr (faults_built) on_.store(fault, std::memory_order_relaxed);
  }
  ~FaultSwitch() {
    if constexpr (faults_built) on_.store(Fault::none, std::memory_order_relaxed);
  }
  FaultSwitch(const FaultSwitch&) = delete;
  FaultSwitch& operator=(const FaultSwitch&) = delete;

 private:
  friend bool faulty(Fault fault);
  static inline std::atomic<Fault> on_{Fault::none};
};

/// Is this fault switched on? Folds to false in every build without TRICOLOUR_FAULTS.
inline bool faulty(Fault fault) {
  if constexpr (faults_built) return FaultSwitch::on_.load(std::memory_order_relaxed) == fault;
  return false;
}

}  // namespace tricolour
