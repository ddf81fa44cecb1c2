// The main function of the peers in C++.
//
// Purpose: PROGRAM gcbench|latency|quantiles [NAME=VALUE...]. `quantiles` reads whole numbers from
// standard input and prints what the latency recorder of this program makes of them, so that a test
// can compare all peers' recorders. A Memory has: name, start(), allocate(bytes) and
// zeroed_slots(bytes) for references, zeroed_data(bytes) for what holds none, explicit_release,
// release(pointer), collections() since the start. Allocation throws std::bad_alloc.
//
// Exit codes: 0; 1 internal error; 2 wrong arguments; 3 a check failed; 4 out of memory.
#pragma once

#include <iostream>
#include <new>
#include <string_view>

#include "harness/peers/gcbench.hpp"
#include "harness/peers/latency.hpp"

namespace tricolour::peers {

/// What an allocator returned, which must be memory.
inline void* there(void* memory) {
  if (memory == nullptr) [[unlikely]]
    throw std::bad_alloc();
  return memory;
}

inline int print_quantiles() {
  Histogram histogram;
  for (std::uint64_t value = 0; std::cin >> value;) histogram.record(value);
  fmt::print("{{\"count\": {}, {}}}\n", histogram.count(), percentiles(histogram));
  return 0;
}

template <class Memory>
int run_peer(int count, char** words) {
  const std::string_view program = count > 1 ? words[1] : "";
  if (program == "quantiles") return print_quantiles();
  if (program != "gcbench" && program != "latency") {
    throw UsageError("usage: gcbench|latency|quantiles [NAME=VALUE...]");
  }
  Arguments arguments{count, words, 2};
  Memory::start();
  const Outcome outcome =
      program == "gcbench" ? Gcbench<Memory>::run(arguments) : Latency<Memory>::run(arguments);
  print(outcome, Memory::name);
  return 0;
}

template <class Memory>
int peer_main(int count, char** words) {
  const auto said = [](int code, const char* what) {
    fmt::print(stderr, "peer {}: {}\n", Memory::name, what);
    return code;
  };
  try {
    return run_peer<Memory>(count, words);
  } catch (const UsageError& error) {
    return said(2, error.what());
  } catch (const CheckFailed& error) {
    return said(3, error.what());
  } catch (const std::bad_alloc&) {
    return said(4, "out of memory");
  } catch (const std::exception& error) {
    return said(1, error.what());
  }
}

}  // namespace tricolour::peers
