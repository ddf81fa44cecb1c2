// Requests against a large live set, over any memory: the twin of workloads/latency.hpp.
//
// Purpose: the same array of chains, the same request and the same checks. Closed loop (`rate=0`):
// the next request begins when the last ends. Open loop: requests are due at seeded Poisson times,
// and latency counts from when a request was due. A link has the 88 bytes of the testbed's link
// without its header: 96 in every allocator here.
//
// Invariant: one replaced chain in 64 is read whole, and all are at the end. Ownership: one thread,
// and the busy one.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "harness/peers/arguments.hpp"
#include "harness/peers/busy_thread.hpp"
#include "harness/peers/outcome.hpp"
#include "workloads/random.hpp"

namespace tricolour::peers {

template <class Memory>
class Latency {
 public:
  static Outcome run(Arguments& arguments) {
    const double live_bytes = 1e6 * arguments.number("live_mb", 400, 0.1, 60'000);
    const double rate = arguments.number("rate", 0, 0, 1e7);
    const double warmup_s = arguments.number("warmup", 0.5, 0, 1e4);
    const double seconds = arguments.number("seconds", 3, 0.001, 1e4);
    const auto seed = static_cast<std::uint64_t>(arguments.number("seed", 42, 0, 1e15));
    const BusyShape busy{
        static_cast<std::size_t>(1e6 * arguments.number("busy_mb", 0, 0, 60'000)),
        static_cast<Nanoseconds>(1e6 * arguments.number("busy_period_ms", 100, 1, 1e6)),
        arguments.number("busy_share", 0.5, 0, 1)};
    arguments.refuse_the_rest();
    Latency program{
        static_cast<std::size_t>(live_bytes) / (sizeof(Link*) + chain_length * testbed_link_bytes),
        seed};
    program.build();
    const BusyThread busy_thread{busy};
    if (warmup_s > 0) program.measure(rate, warmup_s, seed + 1);
    Outcome outcome = program.measure(rate, seconds, seed + 2);
    program.check_all();
    outcome.checks = program.checks_;
    return outcome;
  }

 private:
  static constexpr std::uint64_t chain_length = 3;
  static constexpr std::size_t testbed_link_bytes = 96;
  static constexpr std::uint64_t sampled_every = 64;
  static constexpr Nanoseconds spun_ns = 100'000;  ///< a timed sleep may end this much late

  struct Link {
    Link* next;
    std::uint64_t serial;
    std::uint64_t slot;
    std::uint64_t place;
    std::uint64_t check;
    std::uint64_t unused[6];
  };
  static_assert(sizeof(Link) + sizeof(void*) == testbed_link_bytes);

  Latency(std::size_t slots, std::uint64_t seed)
      : random_(seed),
        slots_(slots),
        chains_(static_cast<Link**>(Memory::zeroed_slots(slots * sizeof(Link*)))) {
    if (slots == 0) throw UsageError("live_mb is too small for one chain");
  }

  void build() {
    for (std::size_t slot = 0; slot < slots_; ++slot) chains_[slot] = make_chain(slot);
  }

  Outcome measure(double rate, double seconds, std::uint64_t seed) {
    Outcome outcome{.program = "latency", .latency_from = rate > 0 ? "intended" : "start"};
    Latencies latencies;
    const auto collections = Memory::collections();
    const Nanoseconds begin = now_ns();
    const Nanoseconds deadline = begin + static_cast<Nanoseconds>(seconds * 1e9);
    GapProbe gaps{begin};
    const Nanoseconds end =
        rate > 0 ? open_loop(latencies, gaps, outcome, begin, deadline, 1e9 / rate, seed)
                 : closed_loop(latencies, gaps, outcome.operations, begin, deadline);
    outcome.wall_ns = end - begin;
    if (collections) outcome.collections = *Memory::collections() - *collections;
    outcome.longest_gap_ns = gaps.longest();
    outcome.latencies = latencies.histogram();
    return outcome;
  }

  Nanoseconds closed_loop(Latencies& latencies, GapProbe& gaps, std::uint64_t& operations,
                          Nanoseconds start, Nanoseconds deadline) {
    for (; start < deadline; ++operations) {
      request();
      const Nanoseconds end = now_ns();
      latencies.record(end - start);
      gaps.end(end);
      start = end;
    }
    return start;
  }

  Nanoseconds open_loop(Latencies& latencies, GapProbe& gaps, Outcome& outcome, Nanoseconds begin,
                        Nanoseconds deadline, double mean_gap_ns, std::uint64_t seed) {
    SplitMix arrivals{seed};
    auto due = static_cast<double>(begin);
    Nanoseconds end = begin;
    for (; end < deadline; ++outcome.operations) {
      due -= std::log(arrivals.fraction()) * mean_gap_ns;
      const auto intended = static_cast<Nanoseconds>(due);
      wait_until(intended);
      request();
      end = now_ns();
      latencies.record(end - intended);
      gaps.end(end);
    }
    outcome.unserved = static_cast<std::uint64_t>((static_cast<double>(end) - due) / mean_gap_ns);
    return end;
  }

  /// Sleeps through most of a long wait and polls through the rest.
  static void wait_until(Nanoseconds due) {
    if (const Nanoseconds left = due - now_ns(); left > 2 * spun_ns) {
      std::this_thread::sleep_for(std::chrono::nanoseconds(left - spun_ns));
    }
    while (now_ns() < due) {
    }
  }

  void request() {
    const std::size_t slot = random_.below(slots_);
    Link* const chain = make_chain(slot);
    Link* const replaced = chains_[slot];
    chains_[slot] = chain;
    if (serial_ % sampled_every == 0) check_chain(replaced, slot);
    if constexpr (Memory::explicit_release) release_chain(replaced);
  }

  Link* make_chain(std::size_t slot) {
    ++serial_;
    Link* head = nullptr;
    for (std::uint64_t place = chain_length; place-- > 0;) {
      auto* const link = static_cast<Link*>(Memory::allocate(sizeof(Link)));
      *link = {head, serial_, slot, place, mix(serial_ ^ slot), {}};
      head = link;
    }
    return head;
  }
  static void release_chain(Link* link) {
    while (link != nullptr) {
      Link* const next = link->next;
      Memory::release(link);
      link = next;
    }
  }

  static std::uint64_t check_link(const Link* link, std::size_t slot, std::uint64_t place) {
    check(link != nullptr, "latency: a chain has lost a link");
    check(link->slot == slot && link->place == place && link->check == mix(link->serial ^ slot),
          "latency: a link does not hold what was written to it");
    return link->serial;
  }
  void check_chain(const Link* link, std::size_t slot) {
    const std::uint64_t serial = check_link(link, slot, 0);
    for (std::uint64_t place = 1; place < chain_length; ++place) {
      link = link->next;
      check(check_link(link, slot, place) == serial, "latency: a chain is made of two");
    }
    check(link->next == nullptr, "latency: a chain is too long");
    ++checks_;
  }
  void check_all() {
    for (std::size_t slot = 0; slot < slots_; ++slot) check_chain(chains_[slot], slot);
  }

  SplitMix random_;
  const std::size_t slots_;
  Link** const chains_;
  std::uint64_t serial_ = 0;
  std::uint64_t checks_ = 0;
};

}  // namespace tricolour::peers
