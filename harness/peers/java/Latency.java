// Requests against a large live set, the twin of harness/peers/latency.hpp: the same chains,
// requests and checks.
//
// Purpose: a Link is 96 bytes where references are compressed.

import java.util.concurrent.locks.LockSupport;

/** The generator of workloads/random.hpp. */
final class SplitMix {
  private long state;

  SplitMix(long seed) { state = seed; }
  static long mix(long word) {
    word = (word ^ word >>> 30) * 0xbf58476d1ce4e5b9L;
    word = (word ^ word >>> 27) * 0x94d049bb133111ebL;
    return word ^ word >>> 31;
  }
  long next() { return mix(state += 0x9e3779b97f4a7c15L); }
  /** The upper half of an unsigned product, which Java has from 18 on. */
  int below(int bound) {
    long word = next();
    return (int) (Math.multiplyHigh(word, bound) + (word >> 63 & bound));
  }
  double fraction() { return ((next() >>> 11) + 1) * 0x1p-53; }
}

final class Link {
  final Link next;
  final long serial;
  final long slot;
  final long place;
  final long check;
  long unused0, unused1, unused2, unused3, unused4, unused5;

  Link(Link next, long serial, long slot, long place) {
    this.next = next;
    this.serial = serial;
    this.slot = slot;
    this.place = place;
    check = SplitMix.mix(serial ^ slot);
  }
}

final class Latency {
  private static final int CHAIN_LENGTH = 3;
  private static final int SAMPLED_EVERY = 64;
  private static final long SPUN_NS = 100_000;
  private final SplitMix random;
  private final Link[] chains;
  private long serial;
  private long checks;

  private Latency(int slots, long seed) {
    if (slots == 0) throw new UsageError("live_mb is too small for one chain");
    random = new SplitMix(seed);
    chains = new Link[slots];
    for (int slot = 0; slot < slots; ++slot) chains[slot] = makeChain(slot);
  }

  static Outcome run(Arguments arguments) {
    double liveBytes = 1e6 * arguments.number("live_mb", 400, 0.1, 60_000);
    double rate = arguments.number("rate", 0, 0, 1e7);
    double warmup = arguments.number("warmup", 0.5, 0, 1e4);
    double seconds = arguments.number("seconds", 3, 0.001, 1e4);
    long seed = (long) arguments.number("seed", 42, 0, 1e15);
    arguments.refuseTheRest();
    Latency program = new Latency((int) ((long) liveBytes / (8 + 3 * 96)), seed);
    if (warmup > 0) program.measure(rate, warmup, seed + 1);
    Outcome outcome = program.measure(rate, seconds, seed + 2);
    for (int slot = 0; slot < program.chains.length; ++slot)
      program.checkChain(program.chains[slot], slot);
    outcome.checks = program.checks;
    return outcome;
  }

  private Outcome measure(double rate, double seconds, long seed) {
    Outcome outcome = new Outcome();
    outcome.program = "latency";
    outcome.latencyFrom = rate > 0 ? "intended" : "start";
    Latencies latencies = new Latencies();
    long collections = Outcome.collections();
    long begin = System.nanoTime();
    long deadline = begin + (long) (seconds * 1e9);
    long end = rate > 0
        ? openLoop(outcome, latencies, begin, deadline, 1e9 / rate, new SplitMix(seed))
        : closedLoop(outcome, latencies, begin, deadline);
    outcome.wallNs = end - begin;
    outcome.collections = Outcome.collections() - collections;
    outcome.latencies = latencies.histogram;
    return outcome;
  }

  private long closedLoop(Outcome outcome, Latencies latencies, long start, long deadline) {
    long operations = 0;
    long longest = 0;
    for (; start - deadline < 0; ++operations) {
      request();
      long end = System.nanoTime();
      latencies.record(end - start);
      if (end - start > longest) longest = end - start;
      start = end;
    }
    outcome.operations = operations;
    outcome.longestGapNs = longest;
    return start;
  }

  private long openLoop(Outcome outcome, Latencies latencies, long begin, long deadline, double gap,
      SplitMix arrivals) {
    long operations = 0;
    long longest = 0;
    long last = begin;
    double due = 0;
    for (; last - deadline < 0; ++operations) {
      due -= Math.log(arrivals.fraction()) * gap;
      long intended = begin + (long) due;
      waitUntil(intended);
      request();
      long end = System.nanoTime();
      latencies.record(end - intended);
      if (end - last > longest) longest = end - last;
      last = end;
    }
    outcome.unserved = (long) ((last - begin - due) / gap);
    outcome.operations = operations;
    outcome.longestGapNs = longest;
    return last;
  }

  /** Sleeps through most of a long wait and polls through the rest. */
  private static void waitUntil(long due) {
    long left = due - System.nanoTime();
    if (left > 2 * SPUN_NS) LockSupport.parkNanos(left - SPUN_NS);
    while (System.nanoTime() - due < 0) {
    }
  }

  private void request() {
    int slot = random.below(chains.length);
    Link chain = makeChain(slot);
    Link replaced = chains[slot];
    chains[slot] = chain;
    if (serial % SAMPLED_EVERY == 0) checkChain(replaced, slot);
  }

  private Link makeChain(int slot) {
    ++serial;
    Link head = null;
    for (int place = CHAIN_LENGTH; place-- > 0;) head = new Link(head, serial, slot, place);
    return head;
  }

  private static long checkLink(Link link, int slot, int place) {
    CheckFailed.check(link != null, "latency: a chain has lost a link");
    CheckFailed.check(
        link.slot == slot && link.place == place && link.check == SplitMix.mix(link.serial ^ slot),
        "latency: a link does not hold what was written to it");
    return link.serial;
  }
  private void checkChain(Link link, int slot) {
    long of = checkLink(link, slot, 0);
    for (int place = 1; place < CHAIN_LENGTH; ++place) {
      link = link.next;
      CheckFailed.check(checkLink(link, slot, place) == of, "latency: a chain is made of two");
    }
    CheckFailed.check(link.next == null, "latency: a chain is too long");
    ++checks;
  }
}
