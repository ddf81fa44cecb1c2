// Malformed mutation traces, by the thousand: a replay executes one, says what is wrong with it, or
// finds that its graph is another.
//
// Purpose: mutants of small programs, of their bytes and of their records. Checksum and figures of
// the header are put right, or nothing but those would be looked at. The sanitizer builds see what
// a mutant touches that it should not.
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>

#include "core/errors.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/replay/replay.hpp"
#include "harness/run/registry.hpp"
#include "tools/testing/text_mutator.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// A program of few mutations that makes, links, drops and reads objects.
void write_program(const fs::path& file, TextMutator& chance) {
  TraceWriter writer(file, true, "a program");
  TraceSummary summary;
  const auto record = [&](Mutation mutation, std::initializer_list<std::uint64_t> operands) {
    writer.record(mutation, operands);
  };
  record(Mutation::allocate_globals, {4});
  summary.bytes += round_up(sizeof(Object) + 4 * sizeof(Slot), granule_bytes);
  ++summary.objects;
  for (std::size_t step = 0; step < 300; ++step) {
    if (step == 20) record(Mutation::begin_region, {});
    const std::uint64_t slots = 1 + chance.below(3);
    const std::uint64_t granules = 2 + chance.below(step % 50 == 0 ? 5000 : 600);
    record(Mutation::allocate, {slots, granules});
    ++summary.objects;
    summary.bytes += granules * granule_bytes;
    record(Mutation::store, {summary.objects, chance.below(4), 1});  // the newest, into a global
    record(Mutation::load, {summary.objects, chance.below(4)});
    if (step % 3 == 0) record(Mutation::push_root, {1});
    if (step % 7 == 6) record(Mutation::pop_roots, {1});
    if (step % 5 == 0) record(Mutation::set_root, {0, 1});
  }
  summary.records = writer.records();
  writer.finish(summary);
  writer.complete();
}

/// Puts the checksum that the reader asks for into the header of what would else be refused for the
/// checksum alone.
std::string with_right_checksum(const fs::path& file, std::string text) {
  constexpr std::size_t checksum_at = 24;
  replace_file(file, text);
  try {
    const TraceReader whole(file);
  } catch (const ConfigurationError& error) {
    const std::string message = error.what();
    const std::string_view asks = "that of its contents ";
    const std::size_t found = message.find(asks);
    if (found == std::string::npos) return text;
    const std::uint64_t checksum = std::stoull(message.substr(found + asks.size()), nullptr, 16);
    text.replace(checksum_at, sizeof checksum, reinterpret_cast<const char*>(&checksum),
                 sizeof checksum);
  }
  replace_file(file, text);
  return text;
}

/// Puts the length of what follows it into a header.
std::string with_right_length(std::string text) {
  constexpr std::size_t command_bytes_at = 12, body_bytes_at = 16, header_bytes = 72;
  if (text.size() < header_bytes) return text;
  std::uint32_t command_bytes = 0;
  std::memcpy(&command_bytes, text.data() + command_bytes_at, sizeof command_bytes);
  const std::uint64_t body_bytes = text.size() - header_bytes - command_bytes;
  std::memcpy(text.data() + body_bytes_at, &body_bytes, sizeof body_bytes);
  return text;
}

/// Changes records of the trace in `file`: an operand, a kind, their order.
void change_records(const fs::path& file, TextMutator& chance) {
  std::vector<TraceReader::Record> records;
  TraceReader reader(file);
  for (TraceReader::Record record{}; reader.next(record);) records.push_back(record);
  for (std::size_t changes = 1 + chance.below(3); changes > 0; --changes) {
    TraceReader::Record& one = records[chance.below(records.size())];
    TraceReader::Record& other = records[chance.below(records.size())];
    switch (chance.below(4)) {
      case 0:
        one.mutation = other.mutation;
        break;
      case 1:
        one.operands[chance.below(3)] = std::uint64_t{1} << chance.below(64);
        break;
      case 2:
        one.operands[chance.below(3)] = chance.below(40);
        break;
      default:
        std::swap(one, other);
    }
  }
  TraceWriter writer(file, true, "a program");
  for (const auto& [mutation, operands] : records) {
    writer.record(mutation,
                  std::span(operands).first(operand_count[static_cast<std::size_t>(mutation)]));
  }
  writer.complete();
}

/// Puts the figures of a header whose checksum is right onto what the records make, as far as the
/// reader tells them.
void with_right_figures(const fs::path& file, std::string text) {
  constexpr std::size_t summary_at = 32;
  constexpr std::pair<std::string_view, std::size_t> places[]{
      {" objects, and", 0}, {" records, and", 1}, {" bytes, and", 2}};
  for (std::size_t attempt = 0; attempt < std::size(places); ++attempt) {
    text = with_right_checksum(file, text);
    try {
      const TraceReader whole(file);
      return;
    } catch (const ConfigurationError& error) {
      const std::string message = error.what();
      const std::string_view makes = "its records make ";
      const std::size_t found = message.find(makes);
      if (found == std::string::npos) return;
      const std::uint64_t figure = std::stoull(message.substr(found + makes.size()));
      for (const auto& [what, place] : places) {
        if (message.find(what) == std::string::npos) continue;
        text.replace(summary_at + place * sizeof figure, sizeof figure,
                     reinterpret_cast<const char*>(&figure), sizeof figure);
      }
    }
  }
  with_right_checksum(file, text);
}

void replay_traces(std::uint64_t seed, std::size_t mutants) {
  const fs::path file =
      fs::temp_directory_path() / fmt::format("tricolour-malformed-{}.trace", ::getpid());
  Words corpus;
  for (std::uint64_t i = 0; i < 4; ++i) {
    TextMutator chance(seed + i, {});
    write_program(file, chance);
    corpus.push_back(read_file(file));
  }
  const Words words{std::string(1, '\0'),
                    "\x01",
                    "\x02\x01",
                    "\x05\x01",
                    "\x08",
                    "\x7f",
                    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
                    "\xff\xff\xff\xff\x7f",
                    std::string(40, '\xff')};
  std::size_t whole = 0, refused = 0, judged = 0;
  for_each_mutant(
      corpus, words, seed, mutants, [&](const std::string& mutant, const std::string& text) {
        INFO(mutant);
        TextMutator chance(std::hash<std::string>()(mutant), {});
        if (chance.below(2) == 0) {
          replace_file(file, corpus[chance.below(corpus.size())]);
          change_records(file, chance);
          with_right_figures(file, read_file(file));
        } else {
          with_right_figures(file, chance.below(2) == 0 ? with_right_length(text) : text);
        }
        try {
          TraceReader trace(file);
          ReplayPlan plan;
          plan.barrier = &find_barrier(chance.below(2) == 0 ? "yuasa" : "dijkstra");
          plan.heap.bytes = std::size_t{4} << 20;
          plan.collection.marker = "serial";
          plan.collection.sweep = SweepMode::eager;
          plan.collection.allocation = plan.barrier->allocation;
          plan.schedule.period = 200'000;
          replay(trace, plan);
          ++whole;
        } catch (const ConfigurationError& error) {
          ++refused;
          if (std::string_view(error.what()).find(file.string()) == std::string_view::npos)
            FAIL_CHECK("no place in: " << error.what());
        } catch (const InvariantViolated&) {  // another graph than that of the recorded run
          ++judged;
        } catch (const HeapExhausted&) {
          ++judged;
        } catch (const std::exception& error) {
          FAIL_CHECK("neither replayed nor refused: " << error.what());
        }
      });
  fs::remove(file);
  CHECK(refused > mutants / 4);
  CHECK(judged > mutants / 50);
}

TEST_CASE("a mutant of a mutation trace is replayed, refused with its place, or judged") {
  replay_traces(1, 300);
}
TEST_CASE("many mutants of mutation traces", "[.][deep]") { replay_traces(2, 20'000); }

}  // namespace
}  // namespace tricolour
