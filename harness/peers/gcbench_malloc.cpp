// GCBench with explicit memory management: the twin of workloads/gcbench.hpp.
//
// Purpose: the same trees, array, depths and checks, with malloc and free, as a yardstick for the collectors. Where the collected program
// drops a tree, this one frees its nodes. Link it with an allocator, or preload one, to compare allocators.
//
// Usage: gcbench_malloc [SCALE [REPETITIONS]]. SCALE (default 0, -4 to 6) is added to every depth. The passes before the last warm up; the
// last one is measured, and its wall time printed as one line of JSON. Exit codes: 0, 1 when a check fails, 2 for wrong arguments.
//
// Source: J. Ellis, P. Kovac, H.-J. Boehm, "An Artificial Garbage Collection Benchmark" (1997).
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

struct Node {
  Node* left;
  Node* right;
  std::int32_t serial;
  std::int32_t position;
};

struct Shape {
  int least_depth;
  int most_depth;
  int stretch_depth;
  std::size_t array_length;
};

constexpr std::uint64_t tree_size(int depth) { return (std::uint64_t{2} << depth) - 1; }

void check(bool holds, const char* what) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "gcbench_malloc: %s\n", what);
  std::exit(1);
}

void* allocate(std::size_t bytes) {
  void* const memory = std::malloc(bytes);
  check(memory != nullptr, "out of memory");
  return memory;
}

Node* new_node(Node* left, Node* right, std::int32_t serial, std::int32_t position) {
  auto* const node = static_cast<Node*>(allocate(sizeof(Node)));
  *node = {left, right, serial, position};
  return node;
}

void populate_below(Node* parent, int depth, std::int32_t serial, std::int32_t position) {
  parent->left = new_node(nullptr, nullptr, serial, 2 * position);
  parent->right = new_node(nullptr, nullptr, serial, 2 * position + 1);
  if (depth == 1) return;
  populate_below(parent->left, depth - 1, serial, 2 * position);
  populate_below(parent->right, depth - 1, serial, 2 * position + 1);
}

Node* populate(int depth, std::int32_t serial) {
  Node* const root = new_node(nullptr, nullptr, serial, 1);
  if (depth > 0) populate_below(root, depth, serial, 1);
  return root;
}

Node* make_above(int depth, std::int32_t serial, std::int32_t position) {
  Node* const left = depth == 1 ? new_node(nullptr, nullptr, serial, 2 * position) : make_above(depth - 1, serial, 2 * position);
  Node* const right = depth == 1 ? new_node(nullptr, nullptr, serial, 2 * position + 1) : make_above(depth - 1, serial, 2 * position + 1);
  return new_node(left, right, serial, position);
}

Node* make_tree(int depth, std::int32_t serial) {
  return depth == 0 ? new_node(nullptr, nullptr, serial, 1) : make_above(depth, serial, 1);
}

void free_tree(Node* tree) {
  if (tree->left != nullptr) {
    free_tree(tree->left);
    free_tree(tree->right);
  }
  std::free(tree);
}

void check_node(const Node* node, std::int32_t serial, std::int32_t position) {
  check(node != nullptr, "a tree has lost a node");
  check(node->serial == serial && node->position == position, "a tree's node does not hold what was written to it");
}

void check_leaf(const Node* leaf) { check(leaf->left == nullptr && leaf->right == nullptr, "a tree's leaf has children"); }

void check_path(const Node* tree, int depth, std::int32_t serial) {
  const std::uint32_t turns = static_cast<std::uint32_t>(serial) * 0x9e3779b9u >> 7;
  std::int32_t position = 1;
  for (int level = 0; level < depth && tree != nullptr; ++level) {
    const std::uint32_t side = turns >> level & 1;
    tree = side == 0 ? tree->left : tree->right;
    position = 2 * position + static_cast<std::int32_t>(side);
  }
  check_node(tree, serial, position);
  check_leaf(tree);
}

std::uint64_t check_all(const Node* tree, int depth, std::int32_t serial, std::int32_t position = 1) {
  check_node(tree, serial, position);
  if (depth == 0) {
    check_leaf(tree);
    return 1;
  }
  return 1 + check_all(tree->left, depth - 1, serial, 2 * position) + check_all(tree->right, depth - 1, serial, 2 * position + 1);
}

double element(std::size_t i, std::size_t length) { return i < length / 2 ? 1.0 / static_cast<double>(i + 1) : 0.0; }

void check_and_free(Node* tree, int depth, std::int32_t serial) {
  check_path(tree, depth, serial);
  free_tree(tree);
}

void construct(const Shape& shape, int depth, std::int32_t& serial) {
  const std::uint64_t iterations = 2 * tree_size(shape.stretch_depth) / tree_size(depth);
  for (std::uint64_t i = 0; i < iterations; ++i) {
    ++serial;
    check_and_free(populate(depth, serial), depth, serial);
  }
  for (std::uint64_t i = 0; i < iterations; ++i) {
    ++serial;
    check_and_free(make_tree(depth, serial), depth, serial);
  }
}

void pass(const Shape& shape) {
  std::int32_t serial = 1;
  check_and_free(make_tree(shape.stretch_depth, serial), shape.stretch_depth, serial);

  const std::int32_t long_lived_serial = ++serial;
  Node* const long_lived = populate(shape.most_depth, long_lived_serial);
  auto* const array = static_cast<double*>(std::calloc(shape.array_length, sizeof(double)));
  check(array != nullptr, "out of memory");
  for (std::size_t i = 0; i < shape.array_length / 2; ++i) array[i] = element(i, shape.array_length);

  for (int depth = shape.least_depth; depth <= shape.most_depth; depth += 2) construct(shape, depth, serial);

  check(check_all(long_lived, shape.most_depth, long_lived_serial) == tree_size(shape.most_depth), "the long-lived tree has lost nodes");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < shape.array_length; ++i) wrong += array[i] != element(i, shape.array_length);
  check(wrong == 0, "the array has changed");
  std::free(array);
  free_tree(long_lived);
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int scale = argument_count > 1 ? std::atoi(arguments[1]) : 0;
  const int repetitions = argument_count > 2 ? std::atoi(arguments[2]) : 1;
  if (argument_count > 3 || scale < -4 || scale > 6 || repetitions < 1) {
    std::fputs("usage: gcbench_malloc [SCALE [REPETITIONS]], SCALE -4 to 6\n", stderr);
    return 2;
  }
  const std::size_t length = 500'000;
  const Shape shape{4 + scale, 16 + scale, 18 + scale, scale >= 0 ? length << (3 * scale / 2) : length >> (-3 * scale / 2)};
  std::int64_t wall_ns = 0;
  for (int i = 0; i < repetitions; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    pass(shape);
    wall_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count();
  }
  std::printf("{\"program\": \"gcbench_malloc\", \"scale\": %d, \"repetitions\": %d, \"wall_ns\": %lld}\n", scale, repetitions,
              static_cast<long long>(wall_ns));
  return 0;
}
