#include "harness/record/recorder.hpp"

#include <algorithm>
#include <atomic>

namespace tricolour {
namespace {
std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> recorders{0};
  return recorders.fetch_add(1, std::memory_order_relaxed) + 1;
}
/// The buffer that this thread used last, and of which recorder.
thread_local std::uint64_t remembered_serial = 0;
thread_local void* remembered_buffer = nullptr;
}  // namespace

Recorder::Recorder() : serial_(next_serial()) {}

Recorder::Buffer& Recorder::buffer_of_this_thread() {
  if (remembered_serial != serial_) {
    std::scoped_lock lock(lock_);
    buffers_.push_back(std::make_unique<Buffer>());
    remembered_buffer = buffers_.back().get();
    remembered_serial = serial_;
  }
  return *static_cast<Buffer*>(remembered_buffer);
}

void Recorder::on_event(const Event& event) {
  Buffer& buffer = buffer_of_this_thread();
  buffer.events.push_back(event);
  buffer.count.store(buffer.events.size(), std::memory_order_relaxed);
  const auto* const interval = std::get_if<MutatorInterval>(&event);
  if (buffer.taken_time == nullptr || interval == nullptr) return;
  const bool is_long = interval->end_ns - interval->begin_ns >= TakenTimeMeter::most_age_ns;
  buffer.taken_time->read_if_older(interval->end_ns, is_long ? 0 : TakenTimeMeter::most_age_ns);
}

void Recorder::adopt_mutator_thread() { buffer_of_this_thread().of_mutator = true; }

void Recorder::adopt_mutator_thread(TakenTimeMeter& taken_time) {
  adopt_mutator_thread();
  buffer_of_this_thread().taken_time = &taken_time;
}

std::size_t Recorder::bytes() const {
  std::scoped_lock lock(lock_);
  std::size_t count = 0;
  for (const auto& buffer : buffers_) count += buffer->count.load(std::memory_order_relaxed);
  return count * sizeof(Event);
}

std::vector<RecordedEvent> Recorder::events() const {
  std::vector<RecordedEvent> all;
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    for (const Event& event : buffers_[i]->events)
      all.push_back({event, static_cast<std::uint32_t>(i), buffers_[i]->of_mutator});
  }
  std::ranges::stable_sort(all, {}, [](const RecordedEvent& one) { return end_of(one.event); });
  return all;
}

}  // namespace tricolour
