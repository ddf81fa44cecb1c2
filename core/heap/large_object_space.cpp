#include "core/heap/large_object_space.hpp"

#include <iterator>
#include <string>

#include "core/errors.hpp"
#include "core/heap/poison.hpp"
#include "core/seams/faults.hpp"
#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"

namespace tricolour {

LargeObjectSpace::LargeObjectSpace(BlockSpace& blocks, SideMetadata metadata, HeapAccount& account)
    : blocks_(blocks), metadata_(metadata), account_(account) {}

namespace {
/// Objects that one allocation sweeps before it looks for room.
constexpr unsigned lazy_share = 16;
}  // namespace

Object* LargeObjectSpace::allocate(std::size_t bytes, Epoch epoch) {
  pass_wait(WaitPlace::large_object_search);
  const std::size_t pages = (bytes + page_bytes - 1) / page_bytes;
  sweep_next(lazy_share);
  for (;;) {
    // Read before the search: what is swept later has been given back by the time this is true.
    const bool all_swept = swept() && blocks_.swept();
    Object* object = take_free_run(pages);
    if (object == nullptr) object = take_blocks(pages);
    if (object != nullptr) {
      const std::size_t tail = pages * page_bytes - bytes;
      account_.hand_out(epoch, bytes);
      account_.hold(tail);
      tails_.fetch_add(tail, std::memory_order_relaxed);
      pending_.fetch_add(bytes, std::memory_order_relaxed);
      unpoison(object, bytes);
      return object;
    }
    if (all_swept) return nullptr;
    if (!swept()) sweep_next();
    if (!blocks_.sweep_next()) blocks_.sweep_stragglers();
  }
}

Object* LargeObjectSpace::take_free_run(std::size_t pages) {
  std::scoped_lock lock(lock_);
  const auto fitting = runs_by_size_.lower_bound({pages, 0});
  if (fitting == runs_by_size_.end()) return nullptr;
  const auto [length, page] = *fitting;
  unlist_free_run(free_runs_.find(page));
  return place(page, length, pages);
}

Object* LargeObjectSpace::take_blocks(std::size_t pages) {
  const std::size_t count = (pages + block_pages - 1) / block_pages;
  const auto first = blocks_.claim_large(count);
  if (!first) return nullptr;
  claimed_.fetch_add(count * block_bytes, std::memory_order_relaxed);
  std::scoped_lock lock(lock_);
  return place(*first * block_pages, count * block_pages, pages);
}

Object* LargeObjectSpace::place(std::size_t page, std::size_t length, std::size_t pages) {
  if (length > pages) add_free_run(page + pages, length - pages);
  objects_.emplace(page, Entry{pages, true});
  used_.fetch_add(pages * page_bytes, std::memory_order_relaxed);
  return reinterpret_cast<Object*>(page_begin(page));
}

void LargeObjectSpace::publish(Object* object) {
  std::scoped_lock lock(lock_);
  objects_.at(page_of(object)).pending = false;
  pending_.fetch_sub(object->bytes(), std::memory_order_relaxed);
}

void LargeObjectSpace::open_sweep(MarkSense sense) {
  live_state_ = sense.black;
  sweep_at_ = 0;
  pass_window(Window::within_begin_of_sweep);
  sweep_due_.store(true, std::memory_order_release);
}

void LargeObjectSpace::sweep_all() {
  while (sweep_next()) {
  }
}

bool LargeObjectSpace::sweep_next(unsigned count) {
  const bool early = faulty(Fault::large_pages_reused_early);
  if (swept() && !early) return false;
  std::scoped_lock lock(lock_);
  if (swept() && !early) return false;
  const RoleScope role(Role::sweeper);
  if (swept()) sweep_at_ = 0;
  auto entry = objects_.lower_bound(sweep_at_);
  for (; entry != objects_.end() && count > 0; --count) {
    const auto [page, object] = *entry;
    if (object.pending || state_of(*metadata_.byte_of(page_begin(page))) == live_state_) {
      ++entry;
      continue;
    }
    entry = objects_.erase(entry);
    free_object(page, object.pages);
  }
  if (entry != objects_.end()) {
    sweep_at_ = entry->first;
    return true;
  }
  pass_window(Window::between_list_and_count);
  sweep_due_.store(false, std::memory_order_release);
  return false;
}

void LargeObjectSpace::free_object(std::size_t page, std::size_t pages) {
  auto* object = reinterpret_cast<Object*>(page_begin(page));
  // The observer may overwrite the object.
  const std::size_t chunks = object->chunk_count();
  const std::size_t tail = pages * page_bytes - object->bytes();
  if (observer_ != nullptr) observer_->freed(object, object->bytes());
  // Colours of an array's chunks are all that its metadata has besides the start byte.
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    *metadata_.byte_of_chunk(object, chunk) = 0;
  }
  poison(object, pages * page_bytes);
  used_.fetch_sub(pages * page_bytes, std::memory_order_relaxed);
  tails_.fetch_sub(tail, std::memory_order_relaxed);
  account_.release(tail);
  add_free_run(page, pages);
}

// --- objects ------------------------------------------------------------------------------------

Object* LargeObjectSpace::next_object(std::byte*& begin, const std::byte* end) const {
  if (begin >= end) return nullptr;
  // A short range, as a card is, asks for no lock where small objects are.
  const std::size_t block = blocks_.block_of(begin);
  if (block == blocks_.block_of(end - 1) && blocks_.state(block) != BlockState::large)
    return nullptr;
  const std::size_t first_page = page_of(begin);
  std::scoped_lock lock(lock_);
  auto entry = objects_.upper_bound(first_page);
  if (entry != objects_.begin()) {
    const auto before = std::prev(entry);
    if (before->first + before->second.pages > first_page) entry = before;
  }
  for (; entry != objects_.end() && page_begin(entry->first) < end; ++entry) {
    if (entry->second.pending) continue;
    begin = page_begin(entry->first + entry->second.pages);
    return reinterpret_cast<Object*>(page_begin(entry->first));
  }
  return nullptr;
}

Object* LargeObjectSpace::object_at(const void* address) const {
  auto* begin = const_cast<std::byte*>(static_cast<const std::byte*>(address));
  return next_object(begin, begin + 1);
}

void LargeObjectSpace::check() const {
  const auto demand = [](bool holds, const char* fault) {
    if (!holds) throw InvariantViolated(std::string("the space of large objects: ") + fault);
  };
  std::scoped_lock lock(lock_);
  std::size_t used_pages = 0;
  for (const auto& [page, object] : objects_) {
    used_pages += object.pages;
    demand(
        object.pending || metadata_.load_relaxed(reinterpret_cast<Object*>(page_begin(page))) != 0,
        "a published object has no start byte");
  }
  std::size_t free_pages = 0;
  for (const auto& [page, pages] : free_runs_) {
    free_pages += pages;
    demand(runs_by_size_.contains({pages, page}), "a free run is not listed by its size");
  }
  demand(runs_by_size_.size() == free_runs_.size(), "a run is listed that is not free");
  demand(used_pages * page_bytes == used_bytes(), "its objects hold other pages than are counted");
  demand((used_pages + free_pages) * page_bytes == footprint(),
         "its objects and free runs are not its blocks");
}

// --- free runs ----------------------------------------------------------------------------------

void LargeObjectSpace::list_free_run(std::size_t page, std::size_t pages) {
  free_runs_.emplace(page, pages);
  runs_by_size_.emplace(pages, page);
}

void LargeObjectSpace::unlist_free_run(std::map<std::size_t, std::size_t>::iterator run) {
  runs_by_size_.erase({run->second, run->first});
  free_runs_.erase(run);
}

void LargeObjectSpace::add_free_run(std::size_t page, std::size_t pages) {
  if (const auto next = free_runs_.find(page + pages); next != free_runs_.end()) {
    pages += next->second;
    unlist_free_run(next);
  }
  if (const auto next = free_runs_.lower_bound(page); next != free_runs_.begin()) {
    const auto previous = std::prev(next);
    if (previous->first + previous->second == page) {
      page = previous->first;
      pages += previous->second;
      unlist_free_run(previous);
    }
  }
  const std::size_t first = (page + block_pages - 1) / block_pages;
  const std::size_t last = (page + pages) / block_pages;
  if (first >= last) return list_free_run(page, pages);
  claimed_.fetch_sub((last - first) * block_bytes, std::memory_order_relaxed);
  blocks_.release_large(first, last - first);
  if (page < first * block_pages) list_free_run(page, first * block_pages - page);
  if (page + pages > last * block_pages)
    list_free_run(last * block_pages, page + pages - last * block_pages);
}

}  // namespace tricolour
