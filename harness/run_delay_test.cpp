#include "harness/run_delay.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tools/catch.hpp"

namespace tricolour {
namespace {

/// A file that says what a test wants it to say.
class Schedstat {
 public:
  Schedstat()
      : path_((std::filesystem::temp_directory_path() / ("schedstat-" + std::to_string(getpid())))
                  .string()) {
    say(0);
  }
  ~Schedstat() { std::filesystem::remove(path_); }
  void say(Nanoseconds delay) const { std::ofstream(path_) << "123456 " << delay << " 7\n"; }
  const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("the run delay is the second number of a thread's schedstat") {
  CHECK(parse_run_delay("123456 789 7\n") == 789);
  CHECK(parse_run_delay("0 0 1\n") == 0);
  for (const char* const text : {"", "12", "12 ", "12 x 3"}) CHECK(parse_run_delay(text) == -1);
}

TEST_CASE("a window holds what was added between two readings, and what else fell into it") {
  const Schedstat file;
  file.say(1000);
  RunDelayMeter meter;
  const Nanoseconds before = now_ns();
  meter.open(file.path());
  REQUIRE(meter.available());
  file.say(1'001'000);
  meter.pass_request(5000);
  CHECK_FALSE(meter.read_if_older(before, 0));
  CHECK(meter.windows().empty());
  CHECK(meter.read_if_older(now_ns() + 1, 0));
  REQUIRE(meter.windows().size() == 1);
  CHECK(meter.windows()[0].delay_ns == 1'000'000);
  CHECK(meter.windows()[0].elsewhere_ns == 5000);
  CHECK(meter.windows()[0].begin_ns >= before);
  CHECK(meter.windows()[0].end_ns <= now_ns());
  file.say(1'002'000);
  CHECK(meter.take_total() == 1'001'000);
  CHECK(meter.windows().size() == 1);  // a microsecond is in the total only
  file.say(9'002'000);
  CHECK(meter.take_total() == 8'000'000);
  REQUIRE(meter.windows().size() == 2);
  CHECK(meter.windows()[1].elsewhere_ns == 0);
}

TEST_CASE("without schedstat nothing is read, and a sentence says why") {
  RunDelayMeter meter;
  CHECK_FALSE(meter.why().empty());
  meter.open("/nonexistent/schedstat");
  CHECK_FALSE(meter.available());
  CHECK_THAT(meter.why(), Catch::Contains("/nonexistent/schedstat cannot be opened"));
  meter.open("/proc/self/comm");
  CHECK_FALSE(meter.available());
  CHECK_THAT(meter.why(), Catch::Contains("does not say"));
  CHECK_FALSE(meter.read_if_older(now_ns(), 0));
  CHECK(meter.take_total() == 0);
}

}  // namespace tricolour
