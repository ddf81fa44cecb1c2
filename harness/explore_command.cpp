// `tricolour explore`: a bounded model check of a barrier's own source.
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/errors.hpp"
#include "harness/commands.hpp"
#include "harness/exit_codes.hpp"
#include "harness/explorable.hpp"
#include "harness/explore_report.hpp"
#include "harness/names.hpp"
#include "harness/result_folder.hpp"

namespace tricolour {
namespace {

using exploration::MemoryKind;
using exploration::OperationKind;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

const Explorable& explorable_called(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Explorable& one : explorables()) known.push_back(one.traits->name);
  return explorables()[choose("barrier", name, known)];
}

/// `stopped` is what the barrier's traits ask for; the others change it.
ProtocolVariant variant_of(const std::string& protocol, const BarrierTraits& traits) {
  ProtocolVariant variant{.allocation = traits.allocation};
  bool white = false;
  for (const std::string_view word : words_of(protocol)) {
    switch (choose("protocol", word, {"stopped", "ragged", "white-allocation", "no-rescan", "handshake-end"})) {
      case 0: break;
      case 1: variant.ragged_roots = variant.handshake_end = true; break;
      case 2: white = true; break;
      case 3: variant.rescan = false; break;
      case 4: variant.handshake_end = true; break;
    }
  }
  if (variant.handshake_end) variant.allocation = AllocationColour::black;
  if (white) variant.allocation = AllocationColour::white;
  if (variant.handshake_end && traits.side_table == SideTable::cards) {
    throw ConfigurationError(fmt::format("{} marks cards, and the last scan of cards needs a stop: it ends by no handshakes", traits.name));
  }
  return variant;
}

exploration::Repertoire repertoire_of(const std::string& text) {
  exploration::Repertoire repertoire;
  for (const std::string_view word : words_of(text)) {
    const std::size_t place = choose("operation", word, {"load", "store", "allocate", "exchange", "compare-exchange", "copy", "threads"});
    if (place == 6) {
      repertoire.threads = true;
    } else {
      repertoire.kinds[static_cast<std::size_t>(OperationKind::load) + place] = true;
    }
  }
  return repertoire;
}

void check_range(std::string_view flag, unsigned value, unsigned least, unsigned most) {
  if (value < least || value > most) throw ConfigurationError(fmt::format("{} {} is outside {} to {}", flag, value, least, most));
}

exploration::Request request_of(const ExploreCommand& command, const BarrierTraits& traits) {
  check_range("--mutators", command.mutators, 1, exploration::most_mutators);
  check_range("--objects", command.objects, 2, exploration::most_objects - 1);
  check_range("--slots", command.slots, 1, exploration::most_slots);
  check_range("--cycles", command.cycles, 1, 4);
  check_range("--operations", command.operations, 1, 8);
  if (command.budget == 0) throw ConfigurationError("--budget 0 visits nothing");
  exploration::Request request;
  request.variant = variant_of(command.protocol, traits);
  request.memory = static_cast<MemoryKind>(choose("memory model", command.memory, {"sc", "tso", "ra"}));
  request.most_states = command.budget;
  exploration::Bounds& bounds = request.bounds;
  bounds.mutators = command.mutators;
  bounds.objects = command.objects;
  bounds.slots = command.slots;
  bounds.cycles = command.cycles;
  bounds.operations = command.operations;
  bounds.repertoire = repertoire_of(command.repertoire);
  return request;
}

/// A line on standard error every few seconds.
class StateCount {
 public:
  explicit StateCount(bool quiet) : quiet_(quiet) {}
  void operator()(const exploration::Coverage& coverage) {
    constexpr Nanoseconds interval_ns = 2'000'000'000;
    if (quiet_ || now_ns() - shown_ns_ < interval_ns) return;
    shown_ns_ = now_ns();
    fmt::print(stderr, "{} states, {} steps deep\n", coverage.states, coverage.depth);
  }

 private:
  const bool quiet_;
  Nanoseconds shown_ns_ = now_ns();
};

}  // namespace

int carry_out(const ExploreCommand& command) {
  const Explorable& barrier = explorable_called(command.barrier);
  exploration::Request request = request_of(command, *barrier.traits);
  request.progress = StateCount(command.quiet);
  const exploration::Report report = barrier.explore(request);
  if (report.trace && !command.html.empty()) replace_file(command.html, exploration_page(command, report));
  if (command.json) {
    fmt::print("{}\n", to_text(exploration_json(command, report), 2));
  } else {
    fmt::print("{}", exploration_text(command, report));
  }
  if (!command.html.empty() && !command.quiet) {
    fmt::print(stderr, "{}\n", report.trace ? fmt::format("{} written", command.html.string()) : "no counterexample, so no page is written");
  }
  return report.trace ? exit_code::violated : exit_code::done;
}

}  // namespace tricolour
