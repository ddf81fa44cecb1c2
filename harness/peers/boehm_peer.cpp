// gcbench and latency under the conservative collector of H.-J. Boehm, A. Demers and M. Weiser
// (libgc).
//
// Purpose, invariants: see peer.hpp. Nothing is released explicitly. The number of marking threads
// is GC_MARKERS in the environment. What lives is found from the stack: the array of chains, or the
// long-lived tree.
#define GC_THREADS  // the library may start threads of its own
#include <gc.h>

#include <cstring>

#include "harness/peers/peer.hpp"

namespace {

using tricolour::peers::there;

struct Boehm {
  static constexpr const char* name = "boehm";
  static constexpr bool explicit_release = false;

  static void start() {
    GC_INIT();
    GC_start_mark_threads();
  }
  static void* allocate(std::size_t bytes) { return there(GC_MALLOC(bytes)); }
  static void* zeroed_slots(std::size_t bytes) { return there(GC_MALLOC_IGNORE_OFF_PAGE(bytes)); }
  static void* zeroed_data(std::size_t bytes) {
    return std::memset(there(GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(bytes)), 0, bytes);
  }
  static void release(void*) {}
  static std::optional<std::uint64_t> collections() { return GC_get_gc_no(); }
};

}  // namespace

int main(int count, char** words) { return tricolour::peers::peer_main<Boehm>(count, words); }
