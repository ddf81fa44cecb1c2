// Fault 29: a second sweeper between the first one's look at a block and its claim.
#include "core/block_space.hpp"

#include "core/errors.hpp"
#include "core/reservation.hpp"
#include "tools/fault_test.hpp"

namespace tricolour {
namespace {

Sighting sweep_side_by_side() {
  constexpr std::size_t blocks = 4;
  Reservation memory(blocks * block_bytes, block_bytes);
  Reservation bytes(blocks * block_granules, 4096);
  BlockSpace space(memory.begin(), blocks, SideMetadata(reinterpret_cast<ColourByte*>(bytes.begin()), memory.begin()));
  while (space.claim()) {
  }
  space.begin_sweep(MarkSense{});
  const Visit visit(Window::between_unswept_and_claim, [&] { space.sweep(0); });
  Sighting sighting;
  try {
    for (std::size_t block = 0; block < blocks; ++block) space.sweep(block);
  } catch (const InvariantViolated& error) {
    sighting.failure = error.what();
  }
  return sighting;
}

}  // namespace

TEST_CASE("fault block_swept_twice: the count of swept blocks tells", "[fault]") {
  check_kill(Fault::block_swept_twice, sweep_side_by_side);
}

}  // namespace tricolour
