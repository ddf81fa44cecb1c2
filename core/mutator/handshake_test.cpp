// Handshakes against blocked regions, by chance: core/mutator/handshake_fault_test.cpp has what it
// must see.
#include "tools/testing/catch.hpp"
#include "tools/testing/handshake_stress.hpp"

using namespace tricolour;

TEST_CASE("a mutator that leaves a blocked region waits until its part of a handshake is done",
          "[safepoint]") {
  const std::size_t mutators = GENERATE(1u, 3u);
  CHECK(HandshakeStress(mutators).run(1000) == "");
}
