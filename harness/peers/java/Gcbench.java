// GCBench, the twin of harness/peers/gcbench.hpp: the same trees, array, depths and checks.
//
// Purpose: a Node is 32 bytes where references are compressed. A pass is an operation.

final class Node {
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

final class Gcbench {
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
    long collections = Outcome.collections();
    Outcome outcome = program.repeat(passes, mostNs);
    outcome.checks = program.checks;
    outcome.collections = Outcome.collections() - collections;
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
    CheckFailed.check(node != null, "gcbench: a tree has lost a node");
    CheckFailed.check(node.serial == serial && node.position == position,
        "gcbench: a tree's node does not hold what was written to it");
  }
  private static void checkLeaf(Node leaf) {
    CheckFailed.check(
        leaf.left == null && leaf.right == null, "gcbench: a tree's leaf has children");
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
    CheckFailed.check(nodes == treeSize(mostDepth), "gcbench: the long-lived tree has lost nodes");
    int wrong = 0;
    for (int i = 0; i < arrayLength; ++i) {
      if (array[i] != element(i)) ++wrong;
    }
    CheckFailed.check(wrong == 0, "gcbench: the array has changed");
    checks += nodes + arrayLength;
  }
}
