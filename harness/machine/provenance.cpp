#include "harness/machine/provenance.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <oneapi/tbb/version.h>

#include <boost/version.hpp>
#include <fstream>
#include <iterator>

#include "build_info.hpp"
#include "harness/machine/machine.hpp"
#include "harness/text/stable_hash.hpp"

namespace tricolour {

Json provenance() {
  Json::Object origin = description(read_machine());
  const Json::Object libraries{
      {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                            BOOST_VERSION % 100)},
      {"onetbb", TBB_runtime_version()},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"libc", gnu_get_libc_version()}};
  origin.insert(origin.end(), {
                                  {"compiler", TRICOLOUR_COMPILER},
                                  {"build_type", TRICOLOUR_BUILD_TYPE},
                                  {"commit", TRICOLOUR_COMMIT},
                                  {"libraries", libraries},
                                  {"utc", utc_now()},
                              });
  return origin;
}

std::string version() {
  return fmt::format("tricolour, commit {}, {}, {}", TRICOLOUR_COMMIT, TRICOLOUR_COMPILER,
                     TRICOLOUR_BUILD_TYPE);
}

std::string build_identity() {
  std::ifstream binary("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(binary), {}};
  return StableHash().add(TRICOLOUR_COMMIT).add(bytes).text();
}

}  // namespace tricolour
