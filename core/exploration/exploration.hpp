// An exploration: one barrier, one variant of the protocol, one memory model, within bounds.
//
// Purpose: what the command line and the tests call.
#pragma once

#include <chrono>
#include <optional>

#include "core/exploration/explain.hpp"

namespace tricolour::exploration {

enum class MemoryKind : std::uint8_t { sc, tso, ra };

struct Request {
  ProtocolVariant variant{};
  MemoryKind memory = MemoryKind::sc;
  Bounds bounds{};
  std::uint64_t most_states = 20'000'000;
  std::function<void(const Coverage&)> progress{};
};

struct Report {
  Coverage coverage;
  std::optional<Trace> trace;  ///< when an object was lost
  double seconds = 0;
};

template <class B, template <class, unsigned, unsigned> class MemoryModel>
Report explore_with(const Request& request, const Protocol& protocol) {
  using Model = HeapModel<B, MemoryModel>;
  const auto begin = std::chrono::steady_clock::now();
  const Model model(request.bounds, protocol);
  Report report;
  report.coverage = Search<Model>(model, request.most_states, request.progress).run();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (report.coverage.violated) report.trace = explain(model, report.coverage.path);
  return report;
}

/// Explores barrier B under a table of its own making: for mutants of the protocol.
template <class B>
Report explore(const Request& request, const Protocol& protocol) {
  switch (request.memory) {
    case MemoryKind::tso: return explore_with<B, StoreBufferMemory>(request, protocol);
    case MemoryKind::ra: return explore_with<B, ReleaseAcquireMemory>(request, protocol);
    case MemoryKind::sc: break;
  }
  return explore_with<B, SequentialMemory>(request, protocol);
}
/// Explores barrier B under the table that its traits and the variant choose.
template <class B>
Report explore(const Request& request) {
  return explore<B>(request, protocol_for(B::traits, request.variant));
}

}  // namespace tricolour::exploration
