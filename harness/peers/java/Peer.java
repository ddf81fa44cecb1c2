// gcbench and latency under the collectors of a Java virtual machine.
//
// Purpose: the twin of harness/peers/gcbench.hpp and latency.hpp: the same work, checks, arguments
// and line of JSON. Warm-up is outside the measured region.
//
// Usage: java [OPTIONS] Peer gcbench|latency|quantiles [NAME=VALUE...]
// Exit codes: 0; 1 internal error; 2 wrong arguments; 3 a check failed; 4 out of memory.

import java.util.Scanner;

public final class Peer {
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
