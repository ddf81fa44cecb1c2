#include "harness/text/quantity.hpp"

#include "core/errors.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {

TEST_CASE("sizes are read with powers of 1024") {
  CHECK(parse_bytes("262144", "size") == 262144);
  CHECK(parse_bytes("64B", "size") == 64);
  CHECK(parse_bytes("256k", "size") == 256 * 1024);
  CHECK(parse_bytes("256K", "size") == 256 * 1024);
  CHECK(parse_bytes("256KiB", "size") == 256 * 1024);
  CHECK(parse_bytes("34M", "size") == 34U << 20);
  CHECK(parse_bytes("34MB", "size") == 34U << 20);
  CHECK(parse_bytes("1.5GiB", "size") == std::size_t{3} << 29);
  CHECK(parse_bytes("2g", "size") == std::size_t{2} << 30);
  CHECK(parse_bytes("0", "size") == 0);
}

TEST_CASE("what is no size is refused and named") {
  for (const char* const text : {"", "M", "-1", "12 M", "12Q", "12MiBs", "1e3x", "nan", "inf",
                                 "0x10", "12,5M", "99999999T", "--"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_bytes(text, "--min-heap"), ConfigurationError);
    CHECK_THROWS_WITH(parse_bytes(text, "--min-heap"), Catch::Contains("--min-heap"));
  }
}

TEST_CASE("durations are read with their unit, or as seconds") {
  CHECK(parse_duration("200ms", "time") == 200e6);
  CHECK(parse_duration("10s", "time") == 10e9);
  CHECK(parse_duration("0.5", "time") == 0.5e9);
  CHECK(parse_duration("1.5us", "time") == 1500);
  CHECK(parse_duration("7ns", "time") == 7);
  CHECK(parse_duration("0", "time") == 0);
  for (const char* const text : {"", "s", "-1s", "10 s", "10m", "10S", "10sec", "1e3s", "nan"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_duration(text, "--time"), ConfigurationError);
    CHECK_THROWS_WITH(parse_duration(text, "--time"), Catch::Contains("--time"));
  }
}

TEST_CASE("a heap is bytes or a multiple") {
  CHECK(std::get<std::size_t>(parse_heap_size("34M")) == 34U << 20);
  CHECK(std::get<HeapMultiple>(parse_heap_size("2x")).factor == 2);
  CHECK(std::get<HeapMultiple>(parse_heap_size("1.5x")).factor == 1.5);
  for (const char* const text : {"0", "x", "0.5x", "1001x", "-2x", "2X", "twox", "2xx"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_heap_size(text), ConfigurationError);
  }
}

TEST_CASE("quantities are shown with three significant digits") {
  CHECK(show_bytes(80) == "80 B");
  CHECK(show_bytes(1024) == "1.00 KiB");
  CHECK(show_bytes(34.0 * 1024 * 1024) == "34.0 MiB");
  CHECK(show_bytes(512.0 * 1024 * 1024) == "512 MiB");
  CHECK(show_duration(950) == "950 ns");
  CHECK(show_duration(1'234'567) == "1.23 ms");
  CHECK(show_duration(999'960) == "1.00 ms");
  CHECK(show_count(1'234'567) == "1.23 M");
  CHECK(show_count(12) == "12");
  CHECK(show_count(5.372) == "5.37");
}

}  // namespace tricolour
