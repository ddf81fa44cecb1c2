// The recorder: keeps every event of a heap.
//
// Purpose: an EventListener that costs a store of a hundred bytes per event. Invariant: no event is
// lost, and none is reordered within its thread.
//
// Ownership: a buffer belongs to the thread that emits into it, which finds it through a
// thread-local pointer; buffers are read when every emitting thread has been joined or has handed
// over otherwise (`events` says so). The list of buffers: under a lock, taken once per thread.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "core/mutex.hpp"
#include "core/observe/events.hpp"
#include "harness/machine/taken_time.hpp"

namespace tricolour {

/// An event, and whether a mutator's thread emitted it.
struct RecordedEvent {
  Event event;
  std::uint32_t emitter;  ///< number of the emitting thread
  bool on_mutator_thread;
};

class Recorder final : public EventListener {
 public:
  Recorder();
  void on_event(const Event& event) override;
  /// Called by each mutator's thread: its events are known as such from now on.
  void adopt_mutator_thread();
  /// The same, and `taken_time` is read where this thread's waits are long, and at most once a
  /// millisecond where they are short. It outlives the thread, or the next call.
  void adopt_mutator_thread(TakenTimeMeter& taken_time);

  /// What the events recorded so far take. Any thread.
  std::size_t bytes() const;
  /// Every event, by end time. No thread may emit any more.
  std::vector<RecordedEvent> events() const;

 private:
  struct Buffer {
    bool of_mutator = false;
    TakenTimeMeter* taken_time = nullptr;
    std::deque<Event> events;
    std::atomic<std::size_t> count{0};  ///< of them, for other threads; relaxed: an estimate
  };
  Buffer& buffer_of_this_thread();

  const std::uint64_t serial_;  ///< tells this recorder from an earlier one at the same address
  mutable Mutex lock_;
  std::vector<std::unique_ptr<Buffer>> buffers_;
};

}  // namespace tricolour
