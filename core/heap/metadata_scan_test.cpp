#include "core/heap/metadata_scan.hpp"

#include <random>
#include <vector>

#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("searching metadata word by word agrees with searching it byte by byte", "[metadata]") {
  std::minstd_rand random(1);
  bool runs_agree = true;
  bool counts_agree = true;
  for (int round = 0; round < 20'000; ++round) {
    alignas(8) ColourByte bytes[256] = {};
    const int starts = static_cast<int>(random() % 6);
    for (int i = 0; i < starts; ++i)
      bytes[random() % 256] = static_cast<ColourByte>(1 + random() % 255);
    const std::size_t begin = random() % 200;
    const std::size_t count = random() % (240 - begin);
    const auto* const first = bytes + begin;
    const auto found =
        std::find_if(first, first + count, [](ColourByte byte) { return byte != 0; }) - first;
    const auto counted =
        std::count_if(first, first + count, [](ColourByte byte) { return byte != 0; });
    runs_agree = runs_agree &&
                 MetadataScan::zero_run(bytes + begin, count) == static_cast<std::size_t>(found);
    counts_agree = counts_agree && MetadataScan::count_starts(bytes + begin, count) ==
                                       static_cast<std::size_t>(counted);
  }
  CHECK(runs_agree);
  CHECK(counts_agree);
}
