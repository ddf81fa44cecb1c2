#include "core/threads/given_name.hpp"

#include <pthread.h>
#include <unistd.h>

#include <thread>

#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("a thread has the name that the program gave to it", "[given_name]") {
  std::string before, after;
  std::thread([&] {
    before = given_name_of(::gettid());
    ::pthread_setname_np(::pthread_self(), "parser");
    after = given_name_of(::gettid());
  }).join();
  CHECK(before == "");
  CHECK(after == "parser");
}

TEST_CASE("a thread that is none of this process has no name", "[given_name]") {
  CHECK(given_name_of(0) == "");
}
