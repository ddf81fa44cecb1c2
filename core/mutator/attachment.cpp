#include "core/mutator/attachment.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "core/mutator/heap.hpp"
#include "core/mutex.hpp"

namespace tricolour {
namespace {
/// The list of this thread is gone: it ends, or the process does. Needs no destructor, so it may be
/// read until the very end.
thread_local bool list_is_gone = false;
}  // namespace

struct Attachment::Record {
  Mutex lock;
  World* world;
  MutatorContext* mutator;
  bool thread_ended;
};

struct Attachment::ThisThread {
  ~ThisThread() {
    list_is_gone = true;
    for (const auto& record : records) {
      const std::scoped_lock lock(record->lock);
      record->thread_ended = true;
      if (record->mutator != nullptr) record->world->thread_ends(*record->mutator);
    }
  }
  std::vector<std::shared_ptr<Record>> records;
};

Attachment::ThisThread& Attachment::this_thread() {
  thread_local ThisThread list;
  return list;
}

void Attachment::attach(World& world, MutatorContext& mutator) {
  if (list_is_gone) return;
  std::vector<std::shared_ptr<Record>>& records = this_thread().records;
  std::erase_if(records, [](const auto& record) {
    const std::scoped_lock lock(record->lock);
    return record->mutator == nullptr;
  });
  auto record = std::make_shared<Record>();
  record->world = &world;
  record->mutator = &mutator;
  records.push_back(record);
  record_ = std::move(record);
}

void Attachment::detach() {
  if (record_ == nullptr) return;
  const std::scoped_lock lock(record_->lock);
  record_->mutator = nullptr;
}

bool Attachment::thread_has_ended() const {
  if (record_ == nullptr) return false;
  const std::scoped_lock lock(record_->lock);
  return record_->thread_ended;
}

MutatorContext* Attachment::running_here(const World& world) {
  if (list_is_gone) return nullptr;
  for (const auto& record : this_thread().records) {
    const std::scoped_lock lock(record->lock);
    if (record->world != &world || record->mutator == nullptr) continue;
    // Relaxed: of a mutator that runs here only this thread changes the status.
    const MutatorStatus status = record->mutator->safepoint.status.load(std::memory_order_relaxed);
    if (status == MutatorStatus::running) return record->mutator;
  }
  return nullptr;
}

}  // namespace tricolour
