// gcbench and latency under the collectors of a Java virtual machine.
//
// Purpose: the twin of harness/peers/gcbench.hpp and latency.hpp: the same work, checks, arguments
// and line of JSON. A Link is 96 bytes and a Node 32 where references are compressed. Warm-up is
// outside the measured region. Usage: java [OPTIONS] Peer gcbench|latency|quantiles [NAME=VALUE...]
// Exit codes: 0; 1 internal error; 2 wrong arguments; 3 a check failed; 4 out of memory.

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.locks.LockSupport;

public final class Peer {
  static final class UsageError extends RuntimeException {
    UsageError(String what) { super(what); }
  }
  static final class CheckFailed extends RuntimeException {
    CheckFailed(String what) { super(what); }
  }

  static void check(boolean holds, String what) {
    if (!holds) throw new CheckFailed(what);
  }

  // --- arguments -------------------------------------------------------------------------------

  static final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    Arguments(String[] words) {
      for (int i = 1; i < words.length; ++i) {
        int equals = words[i].indexOf('=');
        if (equals < 0) throw new UsageError("'" + words[i] + "' is not of the form name=value");
        values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
      }
    }
    double number(String name, double otherwise, double least, double most) {
      String word = values.remove(name);
      if (word == null) return otherwise;
      double value;
      try {
        value = Double.parseDouble(word);
      } catch (NumberFormatException error) {
        value = Double.NaN;
      }
      if (!(value >= least && value <= most)) {
        throw new UsageError(
            name + "=" + word + ": a number from " + least + " to " + most + " is expected");
      }
      return value;
    }
    void refuseTheRest() {
      if (!values.isEmpty())
        throw new UsageError("there is no argument '" + values.keySet().iterator().next() + "'");
    }
  }

  // --- recording -------------------------------------------------------------------------------

  /**
   * The log-linear histogram of harness/histogram.hpp: a quantile is at most 1/64 above, the
   * maximum exact.
   */
  static final class Histogram {
    private static final int BITS = 7;
    private static final long HALF = 1L << (BITS - 1);
    private final long[] counts = new long[bucketOf(Long.MAX_VALUE) + 1];
    private long total;
    private long largest;

    void record(long value, long times) {
      counts[bucketOf(value)] += times;
      total += times;
      if (value > largest) largest = value;
    }
    long count() { return total; }
    long max() { return largest; }
    long quantile(double p) {
      long wanted = Math.max(1, (long) Math.ceil(p * total));
      long seen = 0;
      for (int bucket = 0; bucket < counts.length; ++bucket) {
        seen += counts[bucket];
        if (seen >= wanted) return Math.min(lastOf(bucket), largest);
      }
      return largest;
    }
    private static int bucketOf(long value) {
      int width = Long.SIZE - Long.numberOfLeadingZeros(value);
      if (width <= BITS) return (int) value;
      int shift = width - BITS;
      return (int) (shift * HALF + (value >> shift));
    }
    private static long lastOf(int bucket) {
      if (bucket < 2 * HALF) return bucket;
      int shift = (int) (bucket / HALF - 1);
      return ((bucket - shift * HALF) << shift) + ((1L << shift) - 1);
    }
    private String percentile(double p, long leastCount) {
      return total < leastCount ? "null" : Long.toString(quantile(p));
    }
    String percentiles() {
      return String.format(Locale.ROOT,
          "\"p50_ns\": %s, \"p90_ns\": %s, \"p99_ns\": %s, \"p999_ns\": %s, "
              + "\"p9999_ns\": %s, \"max_ns\": %d",
          percentile(0.5, 1), percentile(0.9, 1), percentile(0.99, 1), percentile(0.999, 1),
          percentile(0.9999, 100_000), largest);
    }
  }

  /** Each latency of 4096 ns or more by itself; of the shorter ones every 128th for all of them. */
  static final class Latencies {
    private static final long LONG_NS = 4096;
    private static final int STRIDE = 128;
    final Histogram histogram = new Histogram();
    private int untilSampled = 1;

    void record(long latency) {
      if (latency < LONG_NS) {
        if (--untilSampled != 0) return;
        untilSampled = STRIDE;
        histogram.record(latency, STRIDE);
      } else {
        histogram.record(latency, 1);
      }
    }
  }

  static final class Outcome {
    String program;
    String latencyFrom = "";
    long wallNs;
    long operations;
    long checks;
    long collections;
    long longestGapNs;
    Histogram latencies;

    void print() {
      String requests = latencyFrom.isEmpty() ? "null"
                                              : "{\"count\": " + operations + ", \"from\": \""
              + latencyFrom + "\", " + latencies.percentiles() + "}";
      System.out.println(String.format(Locale.ROOT,
          "{\"program\": \"%s\", \"memory\": \"java\", \"wall_ns\": %d, \"operations\": %d, "
              + "\"operations_per_s\": %.1f, "
              + "\"checks\": %d, \"collections\": %d, \"peak_resident\": %d, "
              + "\"longest_gap_ns\": %d, \"requests\": %s}",
          program, wallNs, operations, 1e9 * operations / wallNs, checks, collections,
          peakResident(), longestGapNs, requests));
    }
  }

  /** A collector that has a bean for its pauses and one for its cycles counts by its cycles. */
  static long collections() {
    long count = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (!bean.getName().contains("Pauses")) count += bean.getCollectionCount();
    }
    return count;
  }

  static long peakResident() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    } catch (IOException error) {
      throw new RuntimeException(error);
    }
    return 0;
  }

  // --- gcbench ---------------------------------------------------------------------------------

  static final class Node {
    Node left;
    Node right;
    final int serial;
    final int position;

    Node(Node left, Node right, int serial, int position) {
      this.left = left;
      this.right = right;
      this.serial = serial;
      this.position = position;
    }
  }

  static final class Gcbench {
    private final int leastDepth;
    private final int mostDepth;
    private final int stretchDepth;
    private final int arrayLength;
    private int serial;
    private long checks;

    private Gcbench(int scale) {
      leastDepth = 4 + scale;
      mostDepth = 16 + scale;
      stretchDepth = 18 + scale;
      arrayLength = scale >= 0 ? 500_000 << (3 * scale / 2) : 500_000 >> (-3 * scale / 2);
    }

    static Outcome run(Arguments arguments) {
      int scale = (int) arguments.number("scale", 0, -4, 6);
      int warmup = (int) arguments.number("warmup", 1, 0, 1e6);
      int passes = (int) arguments.number("passes", 3, 1, 1e6);
      long mostNs = (long) (1e9 * arguments.number("most_seconds", 1e4, 0, 1e4));
      arguments.refuseTheRest();
      Gcbench program = new Gcbench(scale);
      program.repeat(warmup, mostNs);
      program.checks = 0;
      long collections = collections();
      Outcome outcome = program.repeat(passes, mostNs);
      outcome.checks = program.checks;
      outcome.collections = collections() - collections;
      return outcome;
    }

    /** `passes` passes, or fewer when they take longer than `mostNs`. */
    private Outcome repeat(int passes, long mostNs) {
      Outcome outcome = new Outcome();
      outcome.program = "gcbench";
      long begin = System.nanoTime();
      long last = begin;
      for (int i = 0; i < passes && last - begin <= mostNs; ++i) {
        pass();
        long now = System.nanoTime();
        outcome.longestGapNs = Math.max(outcome.longestGapNs, now - last);
        last = now;
        ++outcome.operations;
      }
      outcome.wallNs = last - begin;
      return outcome;
    }

    private static long treeSize(int depth) { return (2L << depth) - 1; }

    private static void populateBelow(Node parent, int depth, int serial, int position) {
      parent.left = new Node(null, null, serial, 2 * position);
      parent.right = new Node(null, null, serial, 2 * position + 1);
      if (depth == 1) return;
      populateBelow(parent.left, depth - 1, serial, 2 * position);
      populateBelow(parent.right, depth - 1, serial, 2 * position + 1);
    }
    private static Node populate(int depth, int serial) {
      Node root = new Node(null, null, serial, 1);
      if (depth > 0) populateBelow(root, depth, serial, 1);
      return root;
    }
    private static Node makeAbove(int depth, int serial, int position) {
      Node left = depth == 1 ? new Node(null, null, serial, 2 * position)
                             : makeAbove(depth - 1, serial, 2 * position);
      Node right = depth == 1 ? new Node(null, null, serial, 2 * position + 1)
                              : makeAbove(depth - 1, serial, 2 * position + 1);
      return new Node(left, right, serial, position);
    }
    private static Node makeTree(int depth, int serial) {
      return depth == 0 ? new Node(null, null, serial, 1) : makeAbove(depth, serial, 1);
    }

    private static void checkNode(Node node, int serial, int position) {
      check(node != null, "gcbench: a tree has lost a node");
      check(node.serial == serial && node.position == position,
          "gcbench: a tree's node does not hold what was written to it");
    }
    private static void checkLeaf(Node leaf) {
      check(leaf.left == null && leaf.right == null, "gcbench: a tree's leaf has children");
    }
    private void checkPath(Node node, int depth, int serial) {
      int turns = serial * 0x9e3779b9 >>> 7;
      int position = 1;
      for (int level = 0; level < depth && node != null; ++level) {
        int side = turns >>> level & 1;
        node = side == 0 ? node.left : node.right;
        position = 2 * position + side;
      }
      checkNode(node, serial, position);
      checkLeaf(node);
      ++checks;
    }
    private static long checkAll(Node node, int depth, int serial, int position) {
      checkNode(node, serial, position);
      if (depth == 0) {
        checkLeaf(node);
        return 1;
      }
      return 1 + checkAll(node.left, depth - 1, serial, 2 * position)
          + checkAll(node.right, depth - 1, serial, 2 * position + 1);
    }

    private double element(int i) { return i < arrayLength / 2 ? 1.0 / (i + 1) : 0.0; }

    private void construct(int depth) {
      long iterations = 2 * treeSize(stretchDepth) / treeSize(depth);
      for (long i = 0; i < iterations; ++i) {
        ++serial;
        checkPath(populate(depth, serial), depth, serial);
      }
      for (long i = 0; i < iterations; ++i) {
        ++serial;
        checkPath(makeTree(depth, serial), depth, serial);
      }
    }

    private void pass() {
      serial = 1;
      checkPath(makeTree(stretchDepth, serial), stretchDepth, serial);
      int longLivedSerial = ++serial;
      Node longLived = populate(mostDepth, longLivedSerial);
      double[] array = new double[arrayLength];
      for (int i = 0; i < arrayLength / 2; ++i) array[i] = element(i);
      for (int depth = leastDepth; depth <= mostDepth; depth += 2) construct(depth);
      long nodes = checkAll(longLived, mostDepth, longLivedSerial, 1);
      check(nodes == treeSize(mostDepth), "gcbench: the long-lived tree has lost nodes");
      int wrong = 0;
      for (int i = 0; i < arrayLength; ++i) {
        if (array[i] != element(i)) ++wrong;
      }
      check(wrong == 0, "gcbench: the array has changed");
      checks += nodes + arrayLength;
    }
  }

  // --- latency ---------------------------------------------------------------------------------

  /** The generator of workloads/random.hpp. */
  static final class SplitMix {
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

  static final class Link {
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

  static final class Latency {
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
      long collections = collections();
      long begin = System.nanoTime();
      long deadline = begin + (long) (seconds * 1e9);
      long end = rate > 0
          ? openLoop(outcome, latencies, begin, deadline, 1e9 / rate, new SplitMix(seed))
          : closedLoop(outcome, latencies, begin, deadline);
      outcome.wallNs = end - begin;
      outcome.collections = collections() - collections;
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

    private long openLoop(Outcome outcome, Latencies latencies, long begin, long deadline,
        double gap, SplitMix arrivals) {
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
      check(link != null, "latency: a chain has lost a link");
      check(link.slot == slot && link.place == place
              && link.check == SplitMix.mix(link.serial ^ slot),
          "latency: a link does not hold what was written to it");
      return link.serial;
    }
    private void checkChain(Link link, int slot) {
      long of = checkLink(link, slot, 0);
      for (int place = 1; place < CHAIN_LENGTH; ++place) {
        link = link.next;
        check(checkLink(link, slot, place) == of, "latency: a chain is made of two");
      }
      check(link.next == null, "latency: a chain is too long");
      ++checks;
    }
  }

  // --- the program -----------------------------------------------------------------------------

  static void printQuantiles() {
    Histogram histogram = new Histogram();
    Scanner scanner = new Scanner(System.in);
    while (scanner.hasNextLong()) histogram.record(scanner.nextLong(), 1);
    System.out.println("{\"count\": " + histogram.count() + ", " + histogram.percentiles() + "}");
  }

  static void run(String[] words) {
    switch (words.length == 0 ? "" : words[0]) {
      case "quantiles" -> printQuantiles();
      case "gcbench" -> Gcbench.run(new Arguments(words)).print();
      case "latency" -> Latency.run(new Arguments(words)).print();
      default -> throw new UsageError("usage: gcbench|latency|quantiles [NAME=VALUE...]");
    }
  }

  static int said(int code, String what) {
    System.err.println("peer java: " + what);
    return code;
  }

  public static void main(String[] words) {
    int code = 0;
    try {
      run(words);
    } catch (UsageError error) {
      code = said(2, error.getMessage());
    } catch (CheckFailed error) {
      code = said(3, error.getMessage());
    } catch (OutOfMemoryError error) {
      code = said(4, "out of memory");
    }
    System.exit(code);
  }
}
