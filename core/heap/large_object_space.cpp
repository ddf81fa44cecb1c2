#include "core/heap/large_object_space.hpp"

#include <iterator>

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

Object* LargeObjectSpace::allocate(std::size_t bytes) {
  pass_wait(WaitPlace::large_object_search);
  const std::size_t pages = (bytes + page_bytes - 1) / page_bytes;
  sweep_next(lazy_share);
  for (;;) {
    // Read before the search: what is swept later has been given back by the time this is true.
    const bool all_swept = swept() && blocks_.swept();
    Object* object = take_free_run(pages);
    if (object == nullptr) object = take_blocks(pages);
    if (object != nullptr) {
      account_.hand_out(pages * page_bytes);
      tails_.fetch_add(pages * page_bytes - bytes, std::memory_order_relaxed);
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

Object* LargeObjectSpace::object_at(const void* address) {
  const std::size_t page = page_of(address);
  std::scoped_lock lock(lock_);
  auto after = objects_.upper_bound(page);
  if (after == objects_.begin()) return nullptr;
  const auto& [first, entry] = *std::prev(after);
  return entry.pending || page >= first + entry.pages
             ? nullptr
             : reinterpret_cast<Object*>(page_begin(first));
}

void LargeObjectSpace::begin_sweep(MarkSense sense) {
  live_state_ = sense.black;
  sweep_at_ = 0;
  pass_window(Window::within_begin_of_sweep);
  sweep_due_.store(true, std::memory_order_release);
}

void LargeObjectSpace::sweep() {
  while (!swept()) sweep_next();
}

void LargeObjectSpace::sweep_next(unsigned count) {
  const bool early = faulty(Fault::large_pages_reused_early);
  if (swept() && !early) return;
  std::scoped_lock lock(lock_);
  if (swept() && !early) return;
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
  } else {
    pass_window(Window::between_list_and_count);
    sweep_due_.store(false, std::memory_order_release);
  }
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
  account_.free_of_survivors(tail);
  add_free_run(page, pages);
}

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
  blocks_.release_large(first, last - first);
  if (page < first * block_pages) list_free_run(page, first * block_pages - page);
  if (page + pages > last * block_pages)
    list_free_run(last * block_pages, page + pages - last * block_pages);
}

}  // namespace tricolour
