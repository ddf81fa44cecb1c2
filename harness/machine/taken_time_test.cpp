#include "harness/machine/taken_time.hpp"

#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

Nanoseconds together(const std::vector<TakenTime>& taken, Taker by) {
  Nanoseconds sum = 0;
  for (const TakenTime& one : taken) sum += one.by == by ? one.taken_ns : 0;
  return sum;
}

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

/// A thread that takes turns with the calling one on one processor, while it lives.
class BusyThread {
 public:
  BusyThread() {
    sched_getaffinity(0, sizeof(allowed_), &allowed_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
    sched_setaffinity(0, sizeof(one), &one);
    thread_ = std::thread([this] {
      while (!ended_.load(std::memory_order_relaxed)) {
      }
    });
  }
  ~BusyThread() {
    ended_.store(true, std::memory_order_relaxed);
    thread_.join();
    sched_setaffinity(0, sizeof(allowed_), &allowed_);
  }

 private:
  cpu_set_t allowed_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

constexpr Nanoseconds several_turns_ns = 10'000'000;
/// Of the other thread.
constexpr Nanoseconds one_turn_ns = 1'500'000;

/// What was taken by whom until it is enough, in readings a fifth of a millisecond apart.
std::vector<TakenTime> taken_beside_a_busy_thread(
    TakenTimeMeter& meter, const char* file, Nanoseconds enough_ns,
    const std::function<void()>& before_reading = [] {}) {
  const BusyThread other;
  meter.open(file);
  const auto taken = [&] {
    return together(meter.windows(), Taker::scheduler) + together(meter.windows(), Taker::machine);
  };
  const Nanoseconds began = now_ns();
  while (taken() < enough_ns && now_ns() - began < 60'000'000'000) {
    const Nanoseconds from = now_ns();
    while (now_ns() - from < 200'000) {
    }
    before_reading();
    meter.read_if_older(now_ns(), 0);
  }
  return meter.windows();
}

}  // namespace

TEST_CASE("the run delay is the second number of a thread's schedstat") {
  CHECK(parse_run_delay("123456 789 7\n") == 789);
  CHECK(parse_run_delay("0 0 1\n") == 0);
  for (const char* const text : {"", "12", "12 ", "12 x 3"}) CHECK(parse_run_delay(text) == -1);
}

TEST_CASE("what another thread got on the same processor is run delay, not steal time") {
  TakenTimeMeter meter;
  const Nanoseconds before = now_ns();
  const auto taken =
      taken_beside_a_busy_thread(meter, "/proc/thread-self/schedstat", several_turns_ns);
  REQUIRE_FALSE(taken.empty());
  CHECK(together(taken, Taker::scheduler) > 9 * together(taken, Taker::machine));
  Nanoseconds last = before;
  for (const TakenTime& one : taken) {
    CHECK(one.begin_ns >= last);
    CHECK(one.end_ns <= now_ns());
    CHECK(one.taken_ns <= one.end_ns - one.begin_ns);
    last = one.begin_ns;
  }
}

TEST_CASE("what was taken without the scheduler's knowledge is steal time") {
  // A scheduler that knows of nothing: to the meter the other thread is a hypervisor.
  const Schedstat file;
  file.say(1000);
  TakenTimeMeter meter;
  const auto taken = taken_beside_a_busy_thread(meter, file.path(), one_turn_ns);
  CHECK(together(taken, Taker::scheduler) == 0);
  CHECK(together(taken, Taker::machine) >= one_turn_ns);
  const auto totals = meter.take_totals();
  CHECK(totals.run_delay_ns == 0);
  CHECK(totals.steal_ns >= one_turn_ns);
  CHECK(meter.take_totals().steal_ns < totals.steal_ns);  // since the last call
}

TEST_CASE("a reading that takes long of its own is certain all the same") {
  // Of this file the kernel writes some kilobytes anew for each reading; its second number is 0.
  constexpr const char* slow = "/proc/zoneinfo";
  TakenTimeMeter meter;
  const auto taken = taken_beside_a_busy_thread(meter, slow, several_turns_ns);
  REQUIRE_FALSE(taken.empty());
  CHECK(together(taken, Taker::machine) >= several_turns_ns);
}

TEST_CASE("a part of what was taken is run delay, the rest steal time") {
  const Schedstat file;
  file.say(0);
  TakenTimeMeter meter;
  constexpr Nanoseconds known_ns = 1'000'000;
  bool said = false;
  const auto taken = taken_beside_a_busy_thread(meter, file.path(), one_turn_ns, [&] {
    if (!std::exchange(said, true)) file.say(known_ns);
  });
  CHECK(together(taken, Taker::scheduler) > 0);
  CHECK(together(taken, Taker::scheduler) <= known_ns);
  CHECK(together(taken, Taker::machine) >= one_turn_ns - known_ns);
}

TEST_CASE("what a thread ran before the meter was opened is not in its first window") {
  while (thread_cpu_ns() < 100'000'000) {
  }
  const Schedstat file;
  TakenTimeMeter meter;
  meter.open(file.path());
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  constexpr Nanoseconds delay = 5'000'000;
  file.say(delay);
  REQUIRE(meter.read_if_older(now_ns(), 0));
  CHECK(together(meter.windows(), Taker::scheduler) == delay);
}

TEST_CASE("time asleep is neither run delay nor steal time") {
  const Schedstat file;
  TakenTimeMeter meter;
  meter.open(file.path());
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(meter.read_if_older(now_ns(), 0));
  }
  CHECK(meter.windows().empty());
  CHECK(meter.take_totals().steal_ns == 0);
}

TEST_CASE("a window says what else fell into it") {
  const Schedstat file;
  TakenTimeMeter meter;
  const auto taken = taken_beside_a_busy_thread(meter, file.path(), one_turn_ns, [&] {
    meter.pass_request(2000);
    meter.pass_request(3000);
  });
  REQUIRE_FALSE(taken.empty());
  for (const TakenTime& one : taken) CHECK(one.elsewhere_ns == 5000);
}

TEST_CASE("a meter reads when its last reading is old enough") {
  TakenTimeMeter meter;
  const Nanoseconds before = now_ns();
  meter.open();
  REQUIRE(meter.available());
  CHECK_FALSE(meter.read_if_older(before, 0));
  CHECK_FALSE(meter.read_if_older(now_ns(), 3'600'000'000'000));
  CHECK(meter.read_if_older(now_ns() + 1, 0));
}

TEST_CASE("without schedstat nothing is read, and a sentence says why") {
  TakenTimeMeter meter;
  CHECK_FALSE(meter.why().empty());
  meter.open("/nonexistent/schedstat");
  CHECK_FALSE(meter.available());
  CHECK_THAT(meter.why(), Catch::Contains("/nonexistent/schedstat cannot be opened"));
  meter.open("/proc/self/comm");
  CHECK_FALSE(meter.available());
  CHECK_THAT(meter.why(), Catch::Contains("does not say"));
  CHECK_FALSE(meter.read_if_older(now_ns(), 0));
  CHECK(meter.take_totals().run_delay_ns == 0);
}

}  // namespace tricolour
