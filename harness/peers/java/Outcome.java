// What a peer records and prints: latencies, and one line of JSON.
//
// Purpose: as harness/peers/outcome.hpp and harness/record/histogram.hpp, and the same results for the
// same latencies.

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The log-linear histogram of harness/record/histogram.hpp: a quantile is at most 1/64 above, the
 * maximum exact.
 */
final class Histogram {
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
final class Latencies {
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

final class Outcome {
  String program;
  String latencyFrom = "";
  long wallNs;
  long operations;
  long checks;
  long collections;
  long longestGapNs;
  Histogram latencies;
  /** As in outcome.hpp; null in a closed loop. */
  Long unserved;

  void print() {
    String requests = latencyFrom.isEmpty() ? "null"
                                            : "{\"count\": " + operations
            + ", \"unserved\": " + unserved + ", \"from\": \"" + latencyFrom + "\", "
            + latencies.percentiles() + "}";
    System.out.println(String.format(Locale.ROOT,
        "{\"program\": \"%s\", \"memory\": \"java\", \"wall_ns\": %d, \"operations\": %d, "
            + "\"operations_per_s\": %.1f, "
            + "\"checks\": %d, \"collections\": %d, \"peak_resident\": %d, "
            + "\"longest_gap_ns\": %d, \"requests\": %s}",
        program, wallNs, operations, 1e9 * operations / wallNs, checks, collections, peakResident(),
        longestGapNs, requests));
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
}
