// Latency: requests against a large live heap.
//
// Purpose: shows pauses as users feel them. A mutator's array of slots holds chains of three
// 96-byte objects; a request builds a chain and exchanges it for the one in a random slot. Closed
// loop (`rate=0`): the next request begins when the last ends. Open loop: requests are due at
// seeded Poisson times, and a request's latency counts from when it was due, whether or not the
// mutator was free.
//
// Invariant: every object carries its chain's serial, its slot, its place in the chain and a check
// word. One replaced chain in 64 is read whole (to read each would add cache misses that a program
// with malloc has not), and all are at the end.
//
// Source: the request loop over a large live set of C. Flood et al. and others; open-loop recording
// as in G. Tene, "How NOT to measure latency" (coordinated omission).
#pragma once

#include <chrono>
#include <cmath>
#include <thread>

#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Latency {
  static WorkloadInfo info() {
    return {
        .name = "latency",
        .summary = "requests replace short chains of objects in a large array",
        .source = "closed- and open-loop request benchmarks (Tene)",
        .operation = "one request: three objects allocated, one chain replaced",
        .parameters =
            {{.name = "slots",
              .value = 1'333'334,
              .unit = "chains",
              .summary = "chains that live: 296 bytes each",
              .least = 64,
              .most = 2e8,
              .small = 6000},
             {.name = "live_mb",
              .value = 0,
              .unit = "MB",
              .summary = "if not 0, instead of slots: live data in 10^6 bytes",
              .least = 0,
              .most = 60'000},
             {.name = "rate",
              .value = 0,
              .unit = "requests/s",
              .summary = "due per mutator, at Poisson times; 0: closed loop",
              .least = 0,
              .most = 1e7},
             {.name = "large_every",
              .value = 0,
              .unit = "requests",
              .summary =
                  "one request in this number also allocates a large object and drops it; 0: none",
              .least = 0,
              .most = 1e9},
             {.name = "large_kb",
              .value = 1024,
              .unit = "KiB",
              .summary = "a large object's payload",
              .least = 16,
              .most = 65'536}},
        .has_requests = true};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t slots = slot_count(parameters);
    return Object::size_for(static_cast<std::uint32_t>(slots), 0) +
           slots * chain_length * link_bytes;
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    Program<B> program{m, run.random(), run.parameters};
    program.build();
    const double rate = run.parameters.number("rate");
    SplitMix arrivals{run.random()};
    run.begin(m);
    if (rate > 0) {
      open_loop(m, run, program, arrivals, 1e9 / rate);
    } else {
      closed_loop(run, program);
    }
    run.end(m);
    program.check();
  }

 private:
  struct Link {
    std::uint64_t serial;
    std::uint64_t slot;
    std::uint64_t place;
    std::uint64_t check;
    std::uint64_t unused[6];
  };
  static constexpr std::uint32_t chain_length = 3;
  static constexpr std::size_t link_bytes = Object::size_for(1, sizeof(Link));
  static_assert(link_bytes == 96);
  static constexpr std::uint64_t sampled_every = 64;
  static constexpr Nanoseconds spun_ns = 100'000;  ///< a timed sleep may end this much late

  static std::size_t slot_count(const Parameters& parameters) {
    const double live_mb = parameters.number("live_mb");
    if (live_mb == 0) return parameters.count("slots");
    return static_cast<std::size_t>(live_mb * 1e6) / (sizeof(Slot) + chain_length * link_bytes);
  }

  template <class Program>
  static void closed_loop(WorkloadRun& run, Program& program) {
    for (Nanoseconds start = now_ns(); run.next_operation();) {
      program.request();
      const Nanoseconds end = now_ns();
      run.record_request(start, start, end);
      start = end;
    }
  }

  template <Barrier B, class Program>
  static void open_loop(Mutator<B>& m, WorkloadRun& run, Program& program, SplitMix& arrivals,
                        double mean_gap_ns) {
    auto due = static_cast<double>(now_ns());
    while (run.next_operation()) {
      due -= std::log(arrivals.fraction()) * mean_gap_ns;
      const auto intended = static_cast<Nanoseconds>(due);
      wait_until(m, intended);
      const Nanoseconds start = now_ns();
      program.request();
      run.record_request(intended, start, now_ns());
    }
    run.leave_unserved(static_cast<std::uint64_t>(
        std::max(0.0, (static_cast<double>(now_ns()) - due) / mean_gap_ns)));
  }

  /// Sleeps through most of a long wait and polls through the rest.
  template <Barrier B>
  static void wait_until(Mutator<B>& m, Nanoseconds due) {
    if (const Nanoseconds left = due - now_ns(); left > 2 * spun_ns) {
      m.blocking([&] { std::this_thread::sleep_for(std::chrono::nanoseconds(left - spun_ns)); });
    }
    while (now_ns() < due) m.poll();
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, std::uint64_t seed, const Parameters& parameters)
        : m_(m),
          random_(seed),
          slots_(slot_count(parameters)),
          large_every_(parameters.count("large_every")),
          large_bytes_(parameters.count("large_kb") * 1024),
          chains_(m, m.allocate(static_cast<std::uint32_t>(slots_), 0)) {}

    void build() {
      for (std::size_t slot = 0; slot < slots_; ++slot) {
        Object* const chain = make_chain(slot);
        m_.store(chains_, slot, chain);
      }
    }

    void request() {
      m_.poll();
      const std::size_t slot = random_.below(slots_);
      Object* const chain = make_chain(slot);
      Object* const replaced = m_.exchange(chains_, slot, chain);
      if (serial_ % sampled_every == 0) check_chain(replaced, slot);
      if (large_every_ != 0 && serial_ % large_every_ == 0) m_.allocate(0, large_bytes_);
    }

    void check() {
      for (std::size_t slot = 0; slot < slots_; ++slot, m_.poll())
        check_chain(m_.load(chains_, slot), slot);
    }

   private:
    Object* make_chain(std::size_t slot) {
      ++serial_;
      Root head{m_};
      for (std::uint64_t place = chain_length; place-- > 0;) {
        Object* const link = m_.allocate(1, sizeof(Link));
        Link& data = *link->template payload<Link>();
        data.serial = serial_;
        data.slot = slot;
        data.place = place;
        data.check = mix(serial_ ^ slot);
        m_.store(link, 0, head);
        head = link;
      }
      return head;
    }

    /// Returns the chain's serial.
    static std::uint64_t check_link(const Object* link, std::size_t slot, std::uint64_t place) {
      WorkloadRun::check(link != nullptr, "latency: a chain has lost a link");
      const Link& data = *link->template payload<Link>();
      WorkloadRun::check(
          data.slot == slot && data.place == place && data.check == mix(data.serial ^ slot),
          "latency: a link does not hold what was written to it");
      return data.serial;
    }
    void check_chain(Object* link, std::size_t slot) {
      const std::uint64_t serial = check_link(link, slot, 0);
      for (std::uint64_t place = 1; place < chain_length; ++place) {
        link = m_.load(link, 0);
        WorkloadRun::check(check_link(link, slot, place) == serial,
                           "latency: a chain is made of two");
      }
      WorkloadRun::check(m_.load(link, 0) == nullptr, "latency: a chain is too long");
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t slots_;
    const std::size_t large_every_;
    const std::size_t large_bytes_;
    const Root chains_;
    std::uint64_t serial_ = 0;
  };
};

}  // namespace tricolour
