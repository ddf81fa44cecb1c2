#include "harness/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>

#include "harness/result_folder.hpp"

namespace tricolour {
namespace {

using Text = fmt::memory_buffer;

std::string_view view(const Text& text) { return {text.data(), text.size()}; }

std::string pauses(const RunTables& tables) {
  Text out;
  fmt::format_to(std::back_inserter(out),
                 "cycle,kind,cause,mutator,request_ns,stopped_ns,resume_ns,thread_cpu_ns,heap_before,heap_after\n");
  for (const RecordedEvent& recorded : tables.events) {
    const Event& one = recorded.event;
    if (one.kind != EventKind::pause) continue;
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{}\n", one.cycle, to_string(one.pause), to_string(one.cause),
                   one.thread == every_mutator ? "all" : fmt::to_string(one.thread), one.begin_ns, one.stopped_ns, one.end_ns, one.cpu_ns,
                   one.bytes, one.objects);
  }
  return std::string(view(out));
}

/// Of a mutator's intervals those that it lost: from them and the pauses a reader gets the utilisation that run.json states.
bool has_row(const Event& one) {
  if (one.kind == EventKind::phase) return one.activity >= Activity::begin || one.activity == Activity::assisting;
  return one.kind == EventKind::mutator_interval && (one.activity == Activity::paused || one.activity == Activity::handshake ||
                                                     one.activity == Activity::assisting || one.activity == Activity::stalled);
}

std::string phases(const RunTables& tables) {
  Text out;
  fmt::format_to(std::back_inserter(out), "cycle,thread,role,phase,begin_ns,end_ns,bytes,objects\n");
  for (const RecordedEvent& recorded : tables.events) {
    const Event& one = recorded.event;
    if (!has_row(one)) continue;
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{}\n", one.cycle, one.thread, to_string(one.role),
                   to_string(one.activity), one.begin_ns, one.end_ns, one.bytes, one.objects);
  }
  return std::string(view(out));
}

/// Use before and after each pause, whenever the goal changes, and about every millisecond between; the goal is the last one announced, 0
/// without any.
std::string heap_over_time(const RunTables& tables) {
  struct Sample {
    Nanoseconds at;
    std::uint64_t used;
    std::optional<std::uint64_t> new_goal;
    std::string event;
  };
  std::vector<Sample> samples;
  for (const HeapUse& one : tables.heap_use) samples.push_back({one.t_ns, one.used, {}, "sample"});
  for (const RecordedEvent& recorded : tables.events) {
    const Event& one = recorded.event;
    if (one.kind == EventKind::pause) {
      const bool triggers = one.cause == Cause::pacing && (one.pause == PauseKind::cycle_begin || one.pause == PauseKind::full);
      samples.push_back({one.stopped_ns, one.bytes, {}, triggers ? "trigger" : std::string(to_string(one.pause))});
      samples.push_back({one.end_ns, one.objects, {}, "resume"});
    } else if (one.kind == EventKind::heap_sample) {
      samples.push_back({one.end_ns, one.bytes, one.objects, "goal"});
    }
  }
  std::ranges::stable_sort(samples, {}, &Sample::at);
  Text out;
  fmt::format_to(std::back_inserter(out), "t_ns,used,committed,goal,event\n");
  std::uint64_t goal = 0;
  for (const Sample& one : samples) {
    goal = one.new_goal.value_or(goal);
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\n", one.at, one.used, tables.heap_bytes, goal, one.event);
  }
  return std::string(view(out));
}

std::string hiccups(const RunTables& tables) {
  Text out;
  fmt::format_to(std::back_inserter(out), "t_ns,gap_ns\n");
  for (const Hiccup& one : tables.hiccups) fmt::format_to(std::back_inserter(out), "{},{}\n", one.t_ns, one.gap_ns);
  return std::string(view(out));
}

std::string checks(const RunTables& tables) {
  Text out;
  fmt::format_to(std::back_inserter(out), "cycle,checked,lost,floating_black,floating_retained\n");
  for (const auto& one : tables.checks) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\n", one.cycle, one.checked, one.lost, one.floating_black,
                   one.floating_retained);
  }
  return std::string(view(out));
}

/// Text as long as that is small, else the same columns in binary.
constexpr std::size_t most_text_rows = 50'000;

void write_requests(const std::filesystem::path& folder, const RunTables& tables) {
  struct Row {
    std::int64_t thread, intended, start, end;
  };
  static_assert(std::endian::native == std::endian::little);
  std::vector<Row> rows;
  const unsigned mutators = tables.pass == nullptr ? 0 : tables.pass->mutators();
  for (unsigned i = 0; i < mutators; ++i) {
    tables.pass->requests(i).for_each(tables.pass->request_stride(), [&](Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
      rows.push_back({i, intended, start, end});
    });
  }
  if (rows.size() > most_text_rows) {
    write_file(folder / "requests.bin", {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row)});
    return;
  }
  Text out;
  fmt::format_to(std::back_inserter(out), "thread,intended_ns,start_ns,end_ns\n");
  for (const Row& one : rows) fmt::format_to(std::back_inserter(out), "{},{},{},{}\n", one.thread, one.intended, one.start, one.end);
  write_file(folder / "requests.csv", view(out));
}

}  // namespace

void write_tables(const std::filesystem::path& folder, const RunTables& tables) {
  write_file(folder / "pauses.csv", pauses(tables));
  write_file(folder / "phases.csv", phases(tables));
  write_requests(folder, tables);
  write_file(folder / "heap.csv", heap_over_time(tables));
  write_file(folder / "hiccups.csv", hiccups(tables));
  write_file(folder / "verify.csv", checks(tables));
}

}  // namespace tricolour
