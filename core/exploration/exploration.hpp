// An exploration: one barrier, one variant of the protocol, one memory model, within bounds.
//
// Purpose: what the command line and the tests call.
#pragma once

#include <functional>
#include <optional>

#include "core/exploration/coverage.hpp"
#include "core/exploration/model_barrier.hpp"
#include "core/exploration/models.hpp"
#include "core/exploration/trace.hpp"

namespace tricolour::exploration {

enum class MemoryKind : std::uint8_t { sc, tso, ra };

struct Request {
  ProtocolVariant variant{};
  MemoryKind memory = MemoryKind::sc;
  Bounds bounds{};
  std::uint64_t most_states = usual_most_states;
  std::function<void(const Coverage&)> progress{};
};

struct Report {
  Coverage coverage;
  std::optional<Trace> trace;  ///< when an object was lost
  double seconds = 0;
};

/// The part that is the same for every barrier.
template <class Memory>
Report explore_heap(const ModelBarrier<Memory>& barrier, const Request& request,
                    const Protocol& protocol);

template <class B, template <class, unsigned, unsigned> class MemoryModel>
Report explore_with(const Request& request, const Protocol& protocol) {
  return explore_heap(model_barrier<B, HeapMemory<MemoryModel>>, request, protocol);
}

/// Explores barrier B under a table of its own making: for mutants of the protocol.
template <class B>
Report explore(const Request& request, const Protocol& protocol) {
  switch (request.memory) {
    case MemoryKind::tso:
      return explore_with<B, StoreBufferMemory>(request, protocol);
    case MemoryKind::ra:
      return explore_with<B, ReleaseAcquireMemory>(request, protocol);
    case MemoryKind::sc:
      break;
  }
  return explore_with<B, SequentialMemory>(request, protocol);
}
/// Explores barrier B under the table that its traits and the variant choose.
template <class B>
Report explore(const Request& request) {
  return explore<B>(request, protocol_for(B::traits, request.variant));
}

}  // namespace tricolour::exploration
