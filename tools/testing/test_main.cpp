// The main of every Catch2 test program. A test that would hang in a heap ends with a report.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include "core/mutator/watchdog_policy.hpp"

int main(int argc, char* argv[]) {
  tricolour::abort_at_late_waits();
  return Catch::Session().run(argc, argv);
}
