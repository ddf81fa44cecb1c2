// `tricolour explore`: a bounded model check of a barrier's own source.
#include "harness/explore/explore_command.hpp"

#include <fmt/format.h>

#include "core/cycle/match.hpp"
#include "core/errors.hpp"
#include "core/observe/clock.hpp"
#include "harness/explore/explorable.hpp"
#include "harness/explore/explore_report.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/machine/memory_room.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/names.hpp"
#include "harness/text/quantity.hpp"

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
    switch (choose("protocol", word,
                   {"stopped", "ragged", "white-allocation", "no-rescan", "handshake-end"})) {
      case 0:
        break;
      case 1:
        variant.ragged_roots = variant.handshake_end = true;
        break;
      case 2:
        white = true;
        break;
      case 3:
        variant.rescan = false;
        break;
      case 4:
        variant.handshake_end = true;
        break;
    }
  }
  if (variant.handshake_end) variant.allocation = AllocationColour::black;
  if (white) variant.allocation = AllocationColour::white;
  // What else does not match is explored to see what it loses.
  const CycleTraits cycle{.marking = Marking::interleaved,
                          .ragged_roots = variant.ragged_roots,
                          .handshake_end = variant.handshake_end};
  if (match(cycle, traits, variant.allocation).has(Mismatch::cards_need_a_stop)) {
    throw ConfigurationError(fmt::format(
        "{} marks cards, and the last scan of cards needs a stop: it ends by no handshakes",
        traits.name));
  }
  return variant;
}

exploration::Repertoire repertoire_of(const std::string& text) {
  exploration::Repertoire repertoire;
  for (const std::string_view word : words_of(text)) {
    const std::size_t place =
        choose("operation", word,
               {"load", "store", "allocate", "exchange", "compare-exchange", "copy", "threads"});
    if (place == 6) {
      repertoire.threads = true;
    } else {
      repertoire.kinds[static_cast<std::size_t>(OperationKind::load) + place] = true;
    }
  }
  return repertoire;
}

void check_range(std::string_view flag, unsigned value, unsigned least, unsigned most) {
  if (value < least || value > most)
    throw ConfigurationError(fmt::format("{} {} is outside {} to {}", flag, value, least, most));
}

exploration::Request request_of(const ExploreCommand& command, const BarrierTraits& traits) {
  check_range("--mutators", command.mutators, 1, exploration::most_mutators);
  check_range("--objects", command.objects, 2, exploration::most_objects - 1);
  check_range("--slots", command.slots, 1, exploration::most_slots);
  check_range("--cycles", command.cycles, 1, 4);
  check_range("--operations", command.operations, 1, 8);
  check_range("--mark-threads", command.mark_threads, 1, exploration::most_markers);
  if (command.budget == 0) throw ConfigurationError("--budget 0 visits nothing");
  exploration::Request request;
  request.variant = variant_of(command.protocol, traits);
  request.memory =
      static_cast<MemoryKind>(choose("memory model", command.memory, {"sc", "tso", "ra"}));
  request.most_states = command.budget;
  exploration::Bounds& bounds = request.bounds;
  bounds.mutators = command.mutators;
  bounds.objects = command.objects;
  bounds.slots = command.slots;
  bounds.cycles = command.cycles;
  bounds.operations = command.operations;
  bounds.markers = command.mark_threads;
  bounds.assists = command.assists;
  bounds.repertoire = repertoire_of(command.repertoire);
  return request;
}

/// A look at interruptions and memory now and then, and a line on standard error every few seconds.
class StateWatch {
 public:
  explicit StateWatch(bool quiet) : quiet_(quiet) {}
  void operator()(const exploration::Coverage& coverage) {
    if (interrupted()) throw Interrupted();
    const Nanoseconds now = now_ns();
    if (now - looked_ns_ >= between_looks_ns) {
      looked_ns_ = now;
      require_room(coverage);
    }
    if (quiet_ || now - shown_ns_ < between_lines_ns) return;
    shown_ns_ = now;
    say("{} states, {} steps deep\n", coverage.states, coverage.depth);
  }

 private:
  static constexpr Nanoseconds between_looks_ns = 100'000'000;
  static constexpr Nanoseconds between_lines_ns = 2'000'000'000;
  /// What the states may grow by between two looks, several times what was seen, and what the
  /// report takes.
  static constexpr std::size_t margin_bytes = std::size_t{256} << 20;

  static void require_room(const exploration::Coverage& coverage) {
    const MemoryRoom room = memory_room(read_machine());
    if (room.free_bytes >= margin_bytes) return;
    throw ConfigurationError(
        fmt::format("no more room for states after {}: of {} there are {} left; a --budget below "
                    "that, or smaller bounds, end in time",
                    coverage.states, room.of, show_bytes(static_cast<double>(room.free_bytes))));
  }

  const bool quiet_;
  Nanoseconds looked_ns_ = now_ns();
  Nanoseconds shown_ns_ = now_ns();
};

}  // namespace

int carry_out(const ExploreCommand& command) {
  const Explorable& barrier = explorable_called(command.barrier);
  exploration::Request request = request_of(command, *barrier.traits);
  if (!command.html.empty()) check_place(command.html, true);
  request.progress = StateWatch(command.quiet);
  const exploration::Report report = barrier.explore(request);
  if (report.trace && !command.html.empty())
    replace_file(command.html, exploration_page(command, report));
  if (command.json) {
    fmt::print("{}\n", to_text(exploration_json(command, report), 2));
  } else {
    fmt::print("{}", exploration_text(command, report));
  }
  if (!command.html.empty() && !command.quiet) {
    say("{}\n", report.trace ? fmt::format("{} written", command.html.string())
                             : "no counterexample, so no page is written");
  }
  return report.trace ? exit_code::violated : exit_code::done;
}

}  // namespace tricolour
