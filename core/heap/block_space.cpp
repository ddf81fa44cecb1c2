#include "core/heap/block_space.hpp"

#include <algorithm>
#include <string>
#include <thread>

#include "core/errors.hpp"
#include "core/heap/block_sweep.hpp"
#include "core/heap/poison.hpp"
#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"
#include "core/spin.hpp"

namespace tricolour {
namespace {
/// Of unswept blocks, how many one claim sweeps at most before it takes a free one.
constexpr unsigned lazy_share = 8;
/// Blocks with nothing to sweep that the cursor passes at once, at most: together some
/// microseconds.
constexpr unsigned most_passed = 1024;
}  // namespace

BlockSpace::BlockSpace(std::byte* base, std::size_t blocks, SideMetadata metadata)
    : base_(base),
      blocks_(blocks),
      metadata_(metadata),
      words_(new std::atomic<Word>[blocks]),
      free_(blocks),
      holes_{BlockSet(blocks), BlockSet(blocks), BlockSet(blocks),
             BlockSet(blocks), BlockSet(blocks), BlockSet(blocks)},
      sweep_cursor_(blocks) {
  for (std::size_t i = 0; i < blocks; ++i) {
    words_[i].store(word(BlockState::free, 0), std::memory_order_relaxed);
    free_.insert(i);
  }
  poison(base, blocks * block_bytes);
}

BlockSpace::~BlockSpace() { unpoison(base_, blocks_ * block_bytes); }

bool BlockSpace::is_unswept(Word seen, Epoch opened) {
  const BlockState state = stored_state(seen);
  // Of the epoch before, not of any other: a mutator may have come to the next one and claimed the
  // block. All blocks are swept when an epoch ends, so none that holds objects is older than one.
  return epoch_of(seen) == ((opened - 1) & epoch_mask) &&
         (state == BlockState::in_use || state == BlockState::holes || state == BlockState::full);
}

BlockState BlockSpace::state(std::size_t block) const {
  const Word seen = words_[block].load(std::memory_order_acquire);
  return is_unswept(seen, opened()) ? BlockState::unswept : stored_state(seen);
}

// --- claims -------------------------------------------------------------------------------------

std::optional<std::size_t> BlockSpace::claim(ClaimOrder order, Epoch epoch,
                                             MutatorContext* mutator) {
  pass_wait(WaitPlace::search);
  for (;;) {
    // Read before the lists: what is swept later is on a list by the time this is zero.
    const bool all_swept = swept();
    const Room least = least_room(order);
    if (order == ClaimOrder::free_first) {
      if (const auto block = claim_free(epoch)) return block;
    } else if (const auto block = claim_with_room(least, epoch, mutator)) {
      return block;
    }
    if (const auto block = claim_swept_now(least, mutator)) return block;
    if (const auto block = claim_free(epoch)) return block;
    if (order != ClaimOrder::large_hole) {
      if (const auto block = claim_with_room(Room::little, epoch, mutator)) return block;
    }
    if (all_swept) return std::nullopt;
    if (sweep_cursor_.load(std::memory_order_relaxed) >= blocks_) {
      const ActivityScope scope(mutator, Activity::lazy_sweeping);
      sweep_stragglers();
    }
  }
}

std::optional<std::size_t> BlockSpace::claim_at_hand(ClaimOrder order, Epoch epoch,
                                                     MutatorContext* mutator) {
  const Room least = least_room(order);
  if (const auto block = claim_with_room(least, epoch, mutator, 0)) return block;
  return claim_swept_now(least, mutator);
}

Room BlockSpace::least_room(ClaimOrder order) {
  return order == ClaimOrder::large_hole ? Room::large_hole : Room::sixteenth;
}

void BlockSpace::sweep_stragglers() {
  for (std::size_t block = 0; block < blocks_ && !swept(); ++block) sweep(block);
  if (!spin_until([this] { return swept(); })) std::this_thread::yield();
}

std::optional<std::size_t> BlockSpace::claim_with_room(Room least, Epoch epoch,
                                                       MutatorContext* mutator,
                                                       std::size_t passes) {
  // Of small holes the most in a block first; large ones after them. Little room is asked for when
  // nothing else is left.
  for (const Room room :
       {Room::half, Room::quarter, Room::eighth, Room::sixteenth, Room::large_hole, Room::little}) {
    if (room < least) continue;
    while (const auto block = list_of(room).take()) {
      if (try_claim_listed(*block, least, epoch, mutator)) return block;
      if (passes-- == 0) return std::nullopt;
    }
  }
  return std::nullopt;
}

/// The caller has taken `block` off a list of blocks with holes. One that was listed in an earlier
/// epoch is swept first, or where that is not open yet left to the sweep.
bool BlockSpace::try_claim_listed(std::size_t block, Room least, Epoch epoch,
                                  MutatorContext* mutator) {
  Word seen = words_[block].load(std::memory_order_acquire);
  if (faulty(Fault::list_trusted)) {
    words_[block].store(word(BlockState::in_use, epoch), std::memory_order_relaxed);
    return true;
  }
  if (stored_state(seen) == BlockState::holes && epoch_of(seen) == epoch) {
    pass_window(Window::between_list_and_claim);
    return words_[block].compare_exchange_strong(seen, word(BlockState::in_use, epoch),
                                                 std::memory_order_acq_rel,
                                                 std::memory_order_relaxed);
  }
  if (!claim_for_sweep(block)) return false;
  const ActivityScope scope(mutator, Activity::lazy_sweeping);
  return sweep_to_claim(block, least);
}

/// The caller has claimed `block` for sweeping; it keeps it when it has room of `least`.
bool BlockSpace::sweep_to_claim(std::size_t block, Room least) {
  const RoleScope role(Role::sweeper);
  const Swept swept = clear(block);
  const bool wanted = swept.has(least);
  publish(block, wanted ? Swept{BlockState::in_use} : swept);
  end_sweep_of_one();
  return wanted;
}

std::optional<std::size_t> BlockSpace::claim_free(Epoch epoch) {
  const auto block = free_.take();
  if (!block) return std::nullopt;
  count_occupied(epoch);
  pass_window(Window::between_free_and_claim);
  words_[*block].store(word(BlockState::in_use, epoch), std::memory_order_release);
  return block;
}

/// Sweeps the next unswept blocks, a bounded number, until one is free or has room of `least`.
std::optional<std::size_t> BlockSpace::claim_swept_now(Room least, MutatorContext* mutator) {
  if (swept()) return std::nullopt;
  const ActivityScope scope(mutator, Activity::lazy_sweeping);
  unsigned share = lazy_share;
  for (unsigned passed = 0; share > 0 && passed < most_passed; ++passed) {
    if (sweep_cursor_.load(std::memory_order_relaxed) >= blocks_) return std::nullopt;
    // Acquire: opened_; partner: open_sweep.
    const std::size_t block = sweep_cursor_.fetch_add(1, std::memory_order_acquire);
    pass_window(Window::between_cursor_and_sweep);
    if (block >= blocks_) return std::nullopt;
    if (!claim_for_sweep(block)) continue;
    --share;
    if (sweep_to_claim(block, least)) return block;
  }
  return std::nullopt;
}

void BlockSpace::unclaim(std::size_t block) {
  publish(block, {BlockState::holes, Room::sixteenth});
}

std::optional<std::size_t> BlockSpace::claim_large(std::size_t count) {
  const auto first = free_.take_run(count);
  if (!first) return std::nullopt;
  for (std::size_t block = *first; block < *first + count; ++block) {
    pass_window(Window::between_free_and_claim);
    words_[block].store(word(BlockState::large, epoch()), std::memory_order_release);
  }
  return first;
}

void BlockSpace::release_large(std::size_t first, std::size_t count) {
  for (std::size_t block = first; block < first + count; ++block)
    publish(block, {BlockState::free});
}

// --- sweeping -----------------------------------------------------------------------------------

void BlockSpace::turn_to_sweep() {
  // Release: what the cycle found, to a mutator that comes to the epoch; it acquires more by then.
  epoch_.store((epoch() + 1) & epoch_mask, std::memory_order_release);
  pass_window(Window::within_begin_of_sweep);
}

void BlockSpace::open_sweep(MarkSense sense) {
  const Epoch now = epoch();
  live_state_ = sense.black;
  // Counted before the epoch is open: a collector thread is not stopped, and may sweep a block the
  // moment it is.
  unswept_.store(occupied(now - 1), std::memory_order_relaxed);
  scattered_bytes_.store(0, std::memory_order_relaxed);
  // Release: live_state_ and the count, to a thread that sees a block of an earlier epoch.
  opened_.store(now, std::memory_order_release);
  pass_window(Window::within_begin_of_sweep);
  sweep_cursor_.store(0, std::memory_order_release);
}

bool BlockSpace::claim_for_sweep(std::size_t block) {
  const Epoch now = opened();
  Word seen = words_[block].load(std::memory_order_acquire);
  if (!is_unswept(seen, now)) return false;
  pass_window(Window::between_unswept_and_claim);
  const Word claimed = word(BlockState::sweeping, now);
  if (faulty(Fault::block_swept_twice)) {
    words_[block].store(claimed, std::memory_order_relaxed);
  } else if (!words_[block].compare_exchange_strong(seen, claimed, std::memory_order_acq_rel,
                                                    std::memory_order_relaxed)) {
    return false;
  }
  occupied_[(now - 1) % 2].fetch_sub(1, std::memory_order_relaxed);
  count_occupied(now);
  const RoleScope role(Role::sweeper);
  // What a sweep lists must not be listed from an earlier epoch as well.
  if (stored_state(seen) == BlockState::holes) list_of(room_of(seen)).remove(block);
  return true;
}

BlockSpace::Swept BlockSpace::clear(std::size_t block) {
  pass_wait(WaitPlace::sweep);
  if (observer_ != nullptr || poisons_free_memory) report_dead(block);
  const BlockSurvivors survivors = clear_dead(metadata_, block_begin(block), live_state_);
  if (survivors.granules == 0) return {BlockState::free};
  const std::size_t free_bytes = block_bytes - (survivors.granules << granule_shift);
  if (free_bytes < least_hole_bytes || faulty(Fault::full_with_holes)) {
    scattered_bytes_.fetch_add(free_bytes, std::memory_order_relaxed);
    return {BlockState::full};
  }
  if (survivors.leave_large_hole) return {BlockState::holes, Room::large_hole};
  const auto room = static_cast<Room>(std::bit_width(free_bytes * 16 / block_bytes));
  if (room == Room::little) scattered_bytes_.fetch_add(free_bytes, std::memory_order_relaxed);
  return {BlockState::holes, room};
}

/// The caller, who owns the block, makes it what `swept` says and puts it on its list.
void BlockSpace::publish(std::size_t block, Swept swept) {
  pass_window(Window::between_sweep_and_release);
  if (swept.state == BlockState::free &&
      stored_state(words_[block].load(std::memory_order_relaxed)) != BlockState::large) {
    occupied_[epoch() % 2].fetch_sub(1, std::memory_order_relaxed);
  }
  words_[block].store(word(swept.state, epoch(), swept.room), std::memory_order_release);
  pass_window(Window::between_state_and_list);
  if (faulty(Fault::list_loses_block) && block % 16 == 0) return;
  if (swept.state == BlockState::free) free_.insert(block);
  if (swept.state == BlockState::holes) {
    list_of(swept.room).insert(block);
    if (faulty(Fault::list_trusted))
      list_of(swept.room == Room::half ? Room::quarter : Room::half).insert(block);
  }
}

void BlockSpace::end_sweep_of_one() {
  pass_window(Window::between_list_and_count);
  if (unswept_.fetch_sub(1, std::memory_order_release) == 0)
    throw InvariantViolated("more blocks were swept than the last cycle left");
}

void BlockSpace::sweep(std::size_t block) {
  if (!claim_for_sweep(block)) return;
  const RoleScope role(Role::sweeper);
  publish(block, clear(block));
  end_sweep_of_one();
}

bool BlockSpace::sweep_next() {
  constexpr std::size_t at_once = 16;
  if (sweep_cursor_.load(std::memory_order_acquire) >= blocks_) return false;
  const std::size_t first = sweep_cursor_.fetch_add(at_once, std::memory_order_acq_rel);
  pass_window(Window::between_cursor_and_sweep);
  for (std::size_t block = first; block < std::min(first + at_once, blocks_); ++block) sweep(block);
  return first < blocks_;
}

void BlockSpace::sweep_all() {
  while (sweep_next()) {
  }
  // Once is not enough: a mutator may still be in the middle of the last block that it sweeps for
  // itself, and beside mutators a stopped collection may end meanwhile and leave a sweep of its own
  // behind this one's position.
  while (!swept()) sweep_stragglers();
}

bool BlockSpace::swept() const { return unswept_.load(std::memory_order_acquire) == 0; }

void BlockSpace::report_dead(std::size_t block) {
  std::byte* const begin = block_begin(block);
  for_each_start(metadata_, begin, begin + block_bytes, [this](Object* object, std::size_t bytes) {
    if (state_of(metadata_.load_relaxed(object)) == live_state_) return;
    if (observer_ != nullptr) observer_->freed(object, bytes);
    poison(object, bytes);
  });
}

// --- objects ------------------------------------------------------------------------------------

Object* BlockSpace::object_at(const void* address) const {
  const std::size_t block = block_of(address);
  if (is_empty(state(block))) return nullptr;
  return object_holding(metadata_, block_begin(block), static_cast<const std::byte*>(address));
}

std::size_t BlockSpace::object_bytes_of(std::size_t block) const {
  std::size_t sum = 0;
  for_each_start(metadata_, block_begin(block), block_begin(block) + block_bytes,
                 [&sum](Object*, std::size_t bytes) { sum += bytes; });
  return sum;
}

std::size_t BlockSpace::used_bytes() const {
  std::size_t sum = 0;
  for (std::size_t block = 0; block < blocks_; ++block) {
    if (!is_empty(state(block))) sum += object_bytes_of(block);
  }
  return sum;
}

void BlockSpace::check() const {
  std::size_t occupied = 0;
  for (std::size_t block = 0; block < blocks_; ++block) {
    const auto demand = [block](bool holds, const char* fault) {
      if (!holds) throw InvariantViolated("block " + std::to_string(block) + " " + fault);
    };
    const Word seen = words_[block].load(std::memory_order_relaxed);
    const BlockState is = state(block);
    occupied += !is_empty(is);
    demand(is != BlockState::unswept && is != BlockState::sweeping, "is not swept");
    demand((is == BlockState::free) == free_.contains(block),
           "is free and not listed, or listed as free and is not");
    if (is == BlockState::holes)
      demand(list_of(room_of(seen)).contains(block), "has room and is on no list");
    if (is == BlockState::free)
      demand(object_bytes_of(block) == 0, "is called free and holds an object");
    if (is == BlockState::full)
      demand(block_bytes - object_bytes_of(block) < least_hole_bytes,
             "is called full and has a hole");
  }
  if (occupied * block_bytes != footprint()) {
    throw InvariantViolated(std::to_string(occupied) + " blocks are in use, and " +
                            std::to_string(footprint() / block_bytes) + " are counted");
  }
}

}  // namespace tricolour
