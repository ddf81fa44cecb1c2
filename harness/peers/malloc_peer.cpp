// gcbench and latency with malloc and free. Preload an allocator to measure another than the
// system's.
//
// Purpose, invariants: see peer.hpp. An allocator that is preloaded serves every allocation of the
// program.
#include <cstdlib>

#include "harness/peers/peer.hpp"

namespace {

using tricolour::peers::there;

struct Malloc {
  static constexpr const char* name = "malloc";
  static constexpr bool explicit_release = true;

  static void start() {}
  static void* allocate(std::size_t bytes) { return there(std::malloc(bytes)); }
  static void* zeroed_slots(std::size_t bytes) { return there(std::calloc(bytes, 1)); }
  static void* zeroed_data(std::size_t bytes) { return there(std::calloc(bytes, 1)); }
  static void release(void* memory) { std::free(memory); }
  static std::optional<std::uint64_t> collections() { return std::nullopt; }
};

}  // namespace

int main(int count, char** words) { return tricolour::peers::peer_main<Malloc>(count, words); }
