#include "harness/figures/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <iterator>
#include <optional>

#include "harness/figures/pause_figures.hpp"
#include "harness/files/result_folder.hpp"

namespace tricolour {
namespace {

using Text = fmt::memory_buffer;

std::string_view view(const Text& text) { return {text.data(), text.size()}; }

struct Table {
  const char* file;
  std::string_view header;
};
constexpr Table pauses_table{"pauses.csv",
                             "cycle,kind,cause,mutator,request_ns,stopped_ns,resume_ns,thread_cpu_"
                             "ns,heap_before,heap_after,begin_ns,counted\n"};
constexpr Table phases_table{"phases.csv",
                             "cycle,thread,role,phase,begin_ns,end_ns,bytes,objects\n"};
constexpr Table heap_table{"heap.csv", "t_ns,used,committed,trigger,event\n"};
constexpr Table bystander_table{"bystander.csv", "t_ns,gap_ns\n"};
constexpr Table checks_table{"verify.csv", "cycle,checked,lost,floating_black,floating_retained\n"};
constexpr Table requests_table{"requests.csv",
                               "thread,intended_ns,start_ns,end_ns,weight,metered_100ms_ns,"
                               "metered_full_ns\n"};
/// Holds many requests, without a header.
constexpr const char* binary_requests = "requests.bin";

/// What every text table begins with.
Text begin_text(const Table& table) {
  Text out;
  out.append(table.header);
  return out;
}

/// Of a mutator's intervals those that it lost: from them and the pauses a reader gets the
/// utilisation that run.json states.
std::string phases(const RunTables& tables) {
  Text out = begin_text(phases_table);
  for (const RecordedEvent& recorded : tables.events) {
    const auto add_row = [&](const auto& one, std::uint32_t thread, Role role, Activity phase,
                             std::uint64_t bytes, std::uint64_t objects) {
      fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{}\n", one.cycle, thread,
                     to_string(role), to_string(phase), one.begin_ns, one.end_ns, bytes, objects);
    };
    if (const auto* const one = std::get_if<PhaseInterval>(&recorded.event))
      add_row(*one, 0, one->role, one->phase, one->marked_bytes, one->marked_objects);
    const auto* const one = std::get_if<MutatorInterval>(&recorded.event);
    if (one != nullptr && is_lost(one->activity))
      add_row(*one, one->mutator, Role::mutator, one->activity, 0, 0);
  }
  return std::string(view(out));
}

/// Use before and after each pause, whenever the trigger changes, and about every millisecond
/// between; the trigger is the last one announced, 0 without any.
std::string heap_over_time(const RunTables& tables) {
  struct Sample {
    Nanoseconds at;
    std::uint64_t used;
    std::optional<std::uint64_t> new_trigger;
    std::string event;
  };
  std::vector<Sample> samples;
  for (const HeapUse& one : tables.heap_use) samples.push_back({one.t_ns, one.used, {}, "sample"});
  for (const RecordedEvent& recorded : tables.events) {
    if (const auto* const pause = std::get_if<PauseEvent>(&recorded.event)) {
      const bool triggers =
          pause->cause == Cause::pacing &&
          (pause->kind == PauseKind::cycle_begin || pause->kind == PauseKind::full);
      samples.push_back({pause->stopped_ns,
                         pause->used_before,
                         {},
                         triggers ? "trigger" : std::string(to_string(pause->kind))});
      samples.push_back({pause->end_ns, pause->used_after, {}, "resume"});
    }
    if (const auto* const one = std::get_if<TriggerEvent>(&recorded.event))
      samples.push_back(
          {one->at_ns, one->used, one->trigger, one->reached ? "trigger" : "new trigger"});
  }
  std::ranges::stable_sort(samples, {}, &Sample::at);
  Text out = begin_text(heap_table);
  std::uint64_t trigger = 0;
  for (const Sample& one : samples) {
    trigger = one.new_trigger.value_or(trigger);
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\n", one.at, one.used, tables.heap_bytes,
                   trigger, one.event);
  }
  return std::string(view(out));
}

std::string bystander(const RunTables& tables) {
  Text out = begin_text(bystander_table);
  for (const BystanderDelay& one : tables.bystander)
    fmt::format_to(std::back_inserter(out), "{},{}\n", one.t_ns, one.gap_ns);
  return std::string(view(out));
}

std::string checks(const RunTables& tables) {
  Text out = begin_text(checks_table);
  for (const auto& one : tables.checks) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\n", one.cycle, one.checked, one.lost,
                   one.floating_black, one.floating_retained);
  }
  return std::string(view(out));
}

constexpr std::size_t most_text_rows = 50'000;

std::string damage_of(const std::filesystem::path& folder, const Table& table) {
  std::ifstream stream(folder / table.file, std::ios::binary);
  if (!stream) return fmt::format("{} cannot be read", table.file);
  std::string begin(table.header.size(), '\0');
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (!stream || begin != table.header) {
    return fmt::format("{}: the columns are not {}", table.file,
                       table.header.substr(0, table.header.size() - 1));
  }
  stream.seekg(-1, std::ios::end);
  return stream.get() == '\n' ? "" : fmt::format("{}: the last line is cut off", table.file);
}

std::string damage_of_requests(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder / binary_requests, error))
    return damage_of(folder, requests_table);
  const auto bytes = std::filesystem::file_size(folder / binary_requests, error);
  return !error && bytes % sizeof(RequestTableRow) == 0
             ? ""
             : fmt::format("{}: the last row is cut off", binary_requests);
}

}  // namespace

void write_pauses(const std::filesystem::path& folder, const std::vector<RecordedEvent>& events,
                  std::optional<Interval> region) {
  Text out = begin_text(pauses_table);
  for (const RecordedEvent& recorded : events) {
    const auto* const one = std::get_if<PauseEvent>(&recorded.event);
    if (one == nullptr) continue;
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{},{},{:d}\n", one->cycle,
                   to_string(one->kind), to_string(one->cause),
                   one->mutator == every_mutator ? "all" : fmt::to_string(one->mutator),
                   one->begin_ns, one->stopped_ns, one->end_ns, one->cpu_ns, one->used_before,
                   one->used_after, pause_begin(*one), counts(*one, region));
  }
  write_file(folder / pauses_table.file, view(out));
}

void write_requests(const std::filesystem::path& folder,
                    const std::vector<RequestTableRow>& requests) {
  static_assert(std::endian::native == std::endian::little);
  static_assert(sizeof(RequestTableRow) == 7 * sizeof(std::int64_t));
  if (requests.size() > most_text_rows) {
    write_file(folder / binary_requests, {reinterpret_cast<const char*>(requests.data()),
                                          requests.size() * sizeof(RequestTableRow)});
    return;
  }
  Text out = begin_text(requests_table);
  for (const RequestTableRow& one : requests) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{}\n", one.thread, one.intended_ns,
                   one.start_ns, one.end_ns, one.weight, one.metered_100ms_ns, one.metered_full_ns);
  }
  write_file(folder / requests_table.file, view(out));
}

void write_tables(const std::filesystem::path& folder, const RunTables& tables) {
  write_pauses(folder, tables.events, tables.region);
  write_file(folder / phases_table.file, phases(tables));
  write_requests(folder, tables.requests);
  write_file(folder / heap_table.file, heap_over_time(tables));
  write_file(folder / bystander_table.file, bystander(tables));
  write_file(folder / checks_table.file, checks(tables));
}

std::string damage_of_tables(const std::filesystem::path& folder) {
  for (const Table& table :
       {pauses_table, phases_table, heap_table, bystander_table, checks_table}) {
    if (std::string damage = damage_of(folder, table); !damage.empty()) return damage;
  }
  return damage_of_requests(folder);
}

}  // namespace tricolour
