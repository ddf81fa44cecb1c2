// Fifo: a queue whose elements live just longer than a cycle.
//
// Purpose: the lifetime that suits no collector. Whatever is young survives its first collection
// and dies soon after it, so no generation pays, and what dies while marking runs floats under a
// snapshot. One operation appends an element, removes the oldest and leaves some garbage.
//
// `stop_the_world` at 2x collects whenever as many bytes have been allocated as are live. An
// element lives while the whole queue is renewed once; with (lifetime - 1) elements of garbage for
// each element that is `lifetime` times as many bytes.
//
// Invariant: serials leave the queue in the order in which they entered, each once. An element and
// its body, which nothing else refers to, carry serial and check word. The queue is a chain of
// segments of 64 slots, each cleared when its element leaves.
//
// Nominal, with default parameters: two objects and 96 bytes per element, a quarter as much
// garbage; 3 reference stores per element, one of them a deletion; survival 80 %; depth grows with
// the queue (one level for 64 elements).
//
// Source: the radioactive-decay and queue arguments against generations of H. Baker, "Infant
// mortality and generational garbage collection" (1993).
#pragma once

#include "workloads/intact.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Fifo {
  static WorkloadInfo info() {
    return {.name = "fifo",
            .summary = "a queue whose elements live just longer than a cycle",
            .source = "Baker 1993",
            .operation = "one element appended, the oldest removed",
            .parameters = {{.name = "elements",
                            .value = 100'000,
                            .unit = "elements",
                            .summary = "in the queue",
                            .least = 64,
                            .most = 1e8,
                            .small = 10000},
                           {.name = "payload",
                            .value = 48,
                            .unit = "bytes",
                            .summary = "of an element's body",
                            .least = 16,
                            .most = 8000},
                           {.name = "lifetime",
                            .value = 1.25,
                            .unit = "cycles",
                            .summary = "of an element, in cycles of stop_the_world at 2x",
                            .least = 1,
                            .most = 1000}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t elements = parameters.count("elements");
    const std::size_t element_bytes =
        Object::size_for(1, sizeof(Data)) + Object::size_for(0, parameters.count("payload"));
    return elements * element_bytes +
           (elements / segment_slots + 2) * Object::size_for(first_slot + segment_slots, 0);
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    const std::size_t elements = run.parameters.count("elements");
    const double garbage_per_element = run.parameters.number("lifetime") - 1;
    Queue<B> queue{m, run.parameters.count("payload")};
    while (queue.length() < elements) queue.append();
    double garbage_owed = 0;
    run.begin(m);
    while (run.next_operation()) {
      m.poll();
      queue.append();
      queue.remove();
      for (garbage_owed += garbage_per_element; garbage_owed >= 1; --garbage_owed)
        queue.make_element(~std::uint64_t{0});
    }
    run.end(m);
    run.check(queue.length() == elements, "fifo: the queue's length has changed");
    while (queue.length() > 0) queue.remove();
    queue.check_empty();
  }

 private:
  struct Data {
    std::uint64_t serial;
    std::uint64_t check;
  };
  static constexpr std::uint32_t next_slot = 0;
  static constexpr std::uint32_t first_slot = 1;
  static constexpr std::uint32_t segment_slots = 64;

  template <Barrier B>
  class Queue {
   public:
    Queue(Mutator<B>& m, std::size_t payload_bytes)
        : m_(m), payload_bytes_(payload_bytes), head_(m, make_segment()), tail_(m, head_) {}

    std::uint64_t length() const { return appended_ - removed_; }

    void append() {
      if (append_at_ == segment_end) {
        Object* const segment = make_segment();
        m_.store(tail_, next_slot, segment);
        tail_ = segment;
        append_at_ = first_slot;
      }
      Object* const element = make_element(appended_++);
      m_.store(tail_, append_at_++, element);
    }

    void remove() {
      if (remove_at_ == segment_end) {
        Object* const segment = m_.load(head_, next_slot);
        check_header(m_, segment, segment_end, 0, "fifo");
        head_ = segment;
        remove_at_ = first_slot;
      }
      check_element(m_.exchange(head_, remove_at_++, nullptr), removed_++);
    }

    /// After the last element has left.
    void check_empty() {
      WorkloadRun::check(head_.get() == tail_.get() && remove_at_ == append_at_,
                         "fifo: the queue's ends do not meet");
    }

    /// A safepoint.
    Object* make_element(std::uint64_t serial) {
      const Root body{m_, m_.allocate(0, payload_bytes_)};
      *body->template payload<Data>() = {serial, ~mix(serial)};
      Object* const element = m_.allocate(1, sizeof(Data));
      *element->template payload<Data>() = {serial, mix(serial)};
      m_.store(element, 0, body);
      return element;
    }

   private:
    static constexpr std::uint32_t segment_end = first_slot + segment_slots;

    Object* make_segment() { return m_.allocate(segment_end, 0); }

    void check_element(Object* element, std::uint64_t serial) {
      WorkloadRun::check(element != nullptr, "fifo: an element is missing");
      check_header(m_, element, 1, sizeof(Data), "fifo");
      const Data& data = *element->template payload<Data>();
      WorkloadRun::check(data.serial == serial && data.check == mix(serial),
                         "fifo: an element is not the one that was appended there");
      const Object* const body = m_.load(element, 0);
      check_header(m_, body, 0, payload_bytes_, "fifo");
      const Data& body_data = *body->template payload<Data>();
      WorkloadRun::check(body_data.serial == serial && body_data.check == ~mix(serial),
                         "fifo: a body does not hold what was written to it");
    }

    Mutator<B>& m_;
    const std::size_t payload_bytes_;
    Root head_;
    Root tail_;
    std::uint32_t append_at_ = first_slot;
    std::uint32_t remove_at_ = first_slot;
    std::uint64_t appended_ = 0;
    std::uint64_t removed_ = 0;
  };
};

}  // namespace tricolour
