#include "core/large_object_space.hpp"

#include <algorithm>

#include "core/poison.hpp"

namespace tricolour {

LargeObjectSpace::LargeObjectSpace(BlockSpace& blocks, SideMetadata metadata) : blocks_(blocks), metadata_(metadata) {}

Object* LargeObjectSpace::allocate(std::size_t bytes) {
  const std::size_t pages = (bytes + page_bytes - 1) / page_bytes;
  std::scoped_lock lock(lock_);
  sweep_locked();
  const auto fits = [pages](const auto& run) { return run.second >= pages; };
  auto run = std::find_if(free_runs_.begin(), free_runs_.end(), fits);
  if (run == free_runs_.end()) {
    const std::size_t count = (pages + block_pages - 1) / block_pages;
    const auto first = blocks_.claim_large(count);
    if (!first) return nullptr;
    add_free_run(*first * block_pages, count * block_pages);
    run = std::find_if(free_runs_.begin(), free_runs_.end(), fits);
  }
  const auto [page, length] = *run;
  free_runs_.erase(run);
  if (length > pages) free_runs_.emplace(page + pages, length - pages);
  objects_.emplace(page, Entry{pages, true});
  used_.fetch_add(pages * page_bytes, std::memory_order_relaxed);
  unpoison(page_begin(page), bytes);
  return reinterpret_cast<Object*>(page_begin(page));
}

void LargeObjectSpace::publish(Object* object) {
  std::scoped_lock lock(lock_);
  objects_.at(page_of(object)).pending = false;
}

Object* LargeObjectSpace::object_at(const void* address) {
  const std::size_t page = page_of(address);
  std::scoped_lock lock(lock_);
  auto after = objects_.upper_bound(page);
  if (after == objects_.begin()) return nullptr;
  const auto& [first, entry] = *std::prev(after);
  return entry.pending || page >= first + entry.pages ? nullptr : reinterpret_cast<Object*>(page_begin(first));
}

void LargeObjectSpace::begin_sweep(MarkSense sense) {
  live_state_ = sense.black;
  sweep_due_.store(true, std::memory_order_release);
}

void LargeObjectSpace::sweep() {
  std::scoped_lock lock(lock_);
  sweep_locked();
}

void LargeObjectSpace::sweep_locked() {
  if (!sweep_due_.load(std::memory_order_acquire) && !faulty(Fault::large_pages_reused_early)) return;
  for (auto entry = objects_.begin(); entry != objects_.end();) {
    const auto [page, object] = *entry;
    if (object.pending || state_of(*metadata_.byte_of(page_begin(page))) == live_state_) {
      ++entry;
      continue;
    }
    free_object(page, object.pages);
    entry = objects_.erase(entry);
  }
  give_blocks_back();
  sweep_due_.store(false, std::memory_order_release);
}

void LargeObjectSpace::free_object(std::size_t page, std::size_t pages) {
  auto* object = reinterpret_cast<Object*>(page_begin(page));
  if (observer_ != nullptr) observer_->freed(object, object->bytes());
  ColourByte* const bytes = metadata_.byte_of(object);
  std::fill_n(bytes, pages * page_bytes / granule_bytes, ColourByte{0});
  poison(object, pages * page_bytes);
  used_.fetch_sub(pages * page_bytes, std::memory_order_relaxed);
  add_free_run(page, pages);
}

void LargeObjectSpace::add_free_run(std::size_t page, std::size_t pages) {
  auto next = free_runs_.lower_bound(page);
  if (next != free_runs_.end() && next->first == page + pages) {
    pages += next->second;
    next = free_runs_.erase(next);
  }
  if (next != free_runs_.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == page) {
      previous->second += pages;
      return;
    }
  }
  free_runs_.emplace(page, pages);
}

void LargeObjectSpace::give_blocks_back() {
  std::map<std::size_t, std::size_t> kept;
  for (const auto& [page, pages] : free_runs_) {
    const std::size_t first = (page + block_pages - 1) / block_pages;
    const std::size_t last = (page + pages) / block_pages;
    if (first >= last) {
      kept.emplace(page, pages);
      continue;
    }
    blocks_.release_large(first, last - first);
    if (page < first * block_pages) kept.emplace(page, first * block_pages - page);
    if (page + pages > last * block_pages) kept.emplace(last * block_pages, page + pages - last * block_pages);
  }
  free_runs_ = std::move(kept);
}

}  // namespace tricolour
