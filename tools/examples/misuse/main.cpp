// What a program must not do with a heap, one misuse by its name: a checked build says so of each.
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"

using namespace tricolour;

namespace {

CollectedHeapOptions small() {
  return {.heap = {.bytes = std::size_t{4} << 20}, .collector = "concurrent"};
}

void stale_reference() {
  CollectedHeap heap(small(), Yuasa::traits);
  Mutator<Yuasa> m(heap);
  Object* const stale = m.allocate(1, 8);
  heap.collect(m);
  m.load(stale, 0);
}

void no_such_slot() {
  CollectedHeap heap(small(), Yuasa::traits);
  Mutator<Yuasa> m(heap);
  const Root object(m, m.allocate(1, 8));
  m.store(object, 1, nullptr);
}

void root_ends_early() {
  CollectedHeap heap(small(), Yuasa::traits);
  Mutator<Yuasa> m(heap);
  std::optional<Root> first(std::in_place, m);
  const Root second(m);
  first.reset();
}

void root_outlives_its_mutator() {
  CollectedHeap heap(small(), Yuasa::traits);
  std::optional<Mutator<Yuasa>> m(std::in_place, heap);
  const Root root(*m);
  m.reset();
}

void two_mutators_on_a_thread() {
  CollectedHeap heap(small(), Yuasa::traits);
  const Mutator<Yuasa> one(heap), other(heap);
}

void heap_ends_before_its_mutator() {
  std::optional<CollectedHeap> heap(std::in_place, small(), Yuasa::traits);
  const Mutator<Yuasa> m(*heap);
  heap.reset();
}

void forked_child_allocates() {
  CollectedHeap heap(small(), Yuasa::traits);
  Mutator<Yuasa> m(heap);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) m.allocate(1, 64);
  }
  int status = 0;
  waitpid(child, &status, 0);
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

const std::map<std::string, std::function<void()>> misuses{
    {"stale_reference", stale_reference},
    {"no_such_slot", no_such_slot},
    {"root_ends_early", root_ends_early},
    {"root_outlives_its_mutator", root_outlives_its_mutator},
    {"two_mutators_on_a_thread", two_mutators_on_a_thread},
    {"heap_ends_before_its_mutator", heap_ends_before_its_mutator},
    {"forked_child_allocates", forked_child_allocates},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2) {
    misuses.at(argv[1])();
    return 0;
  }
  for (const auto& [name, misuse] : misuses) std::cout << name << "\n";
}
