// A run of known times, for tests: events, clocks and requests as known_run.toml states them.
//
// Purpose: an Outcome as `execute` gives it, without a heap, so that every figure is known by hand.
// Invariant: nothing here computes a figure; what is no event is what a clock, an account or the
// kernel would have said.
//
// Ownership: one thread; a thread of its own for each that emits, joined before the events are
// read.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/files/result_folder.hpp"
#include "harness/run/execution.hpp"
#include "harness/run/run_json.hpp"
#include "harness/text/toml.hpp"

namespace tricolour {

inline const Toml* member(const Toml& table, std::string_view name) {
  for (const auto& [key, value] : *table.table()) {
    if (key == name) return &value;
  }
  return nullptr;
}
inline const Toml& at(const Toml& table, std::string_view name) {
  const Toml* const found = member(table, name);
  if (found == nullptr) throw FileError("known_run.toml", table.line, "lacks " + std::string(name));
  return *found;
}
inline Nanoseconds integer(const Toml& value) { return std::get<std::int64_t>(value.value); }
inline Nanoseconds integer(const Toml& table, std::string_view name) {
  return integer(at(table, name));
}
inline std::uint64_t count(const Toml& table, std::string_view name) {
  return static_cast<std::uint64_t>(integer(table, name));
}
inline Nanoseconds integer_or_0(const Toml& table, std::string_view name) {
  const Toml* const found = member(table, name);
  return found == nullptr ? 0 : integer(*found);
}
/// The enumerator of that name, up to `last`.
template <class Word>
Word named(const Toml& table, std::string_view name, Word last) {
  const Toml& value = at(table, name);
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    if (to_string(static_cast<Word>(i)) == *value.text()) return static_cast<Word>(i);
  }
  throw FileError("known_run.toml", value.line, "there is no " + *value.text());
}

/// A pass of which clocks and accounts say what the file states.
class KnownPass {
 public:
  /// `times`: each short request so often. `rows`: of each mutator, at most.
  KnownPass(const Toml& file, Nanoseconds times, std::uint64_t rows)
      : region_(at(file, "region")),
        mutators_(*at(file, "mutators").array()),
        pass_(std::make_unique<Pass>(mutators_.size(), std::nullopt, rows)) {
    set_region();
    for (unsigned i = 0; i < mutators_.size(); ++i) set_account(i);
    for (const Toml& one : *at(file, "taken").array()) add_taken(one);
    make_requests(file, times);
  }
  std::unique_ptr<Pass> take() { return std::move(pass_); }

 private:
  void set_region() {
    const Nanoseconds begin = integer(region_, "begin_ns");
    pass_->begin_ns_.store(begin, std::memory_order_relaxed);
    pass_->end_ns_.store(begin + integer(region_, "length_ns"), std::memory_order_relaxed);
    pass_->last_cycle_ = count(region_, "cycles");
    pass_->process_cpu_ns_ = integer(region_, "process_cpu_ns");
    const Toml& counts = at(region_, "counters");
    for (unsigned i = 0; i < counts.table()->size(); ++i) {
      const auto counter = static_cast<Counter>(i);
      pass_->counts_.push_back({counter, count(counts, to_string(counter)), ""});
    }
  }
  void set_account(unsigned mutator) {
    const Toml& told = mutators_[mutator];
    Pass::Participant& participant = pass_->mutators_[mutator];
    MutatorAccount& account = participant.account;
    account.allocated_bytes = count(told, "allocated_bytes");
    account.allocated_objects = count(told, "allocated_objects");
    account.while_marking = {integer(at(told, "while_marking"), "time_ns"),
                             count(at(told, "while_marking"), "allocated_bytes")};
    account.cpu_ns = integer(told, "cpu_ns");
    account.taken = {integer(told, "run_delay_ns"), integer(told, "steal_ns")};
    const auto spent = [&](Activity activity, std::string_view name) {
      account.time_by_activity[static_cast<std::size_t>(activity)] =
          integer(at(told, "times"), name);
    };
    for (unsigned i = 0; i < mutator_activities; ++i) {
      const auto one = static_cast<Activity>(i);
      spent(one, to_string(one));
    }
    participant.taken_time.file_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  void add_taken(const Toml& told) {
    const auto& span = *at(told, "at").array();
    const Taker by = *at(told, "by").text() == "machine" ? Taker::machine : Taker::scheduler;
    pass_->mutators_[count(told, "mutator")].taken_time.windows_.push_back(
        {by, since_begin(span[0]), since_begin(span[1]), integer(told, "taken_ns"), 0});
  }
  void make_requests(const Toml& file, Nanoseconds times) {
    const Toml& shorts = at(file, "short_requests");
    const Nanoseconds every = integer(shorts, "every_ns") / times;
    for (const Toml& one : *at(shorts, "lengths").array()) {
      const unsigned mutator = static_cast<unsigned>(integer(one, "mutator"));
      for (Nanoseconds i = 0; i < integer(one, "count") * times; ++i) {
        const Nanoseconds made = static_cast<Nanoseconds>(account(mutator).operations);
        const Nanoseconds start = pass_->begin_ns() + integer(shorts, "begin_ns") + made * every;
        request(mutator, start, start, start + integer(one, "length_ns"));
      }
    }
    const Toml& slow = at(file, "slow_requests");
    for (const Toml& one : *at(slow, "at").array()) {
      const auto& when = *at(one, "at").array();
      request(static_cast<unsigned>(integer(one, "mutator")), since_begin(when[0]),
              since_begin(when[1]), since_begin(when[2]));
    }
    pass_->requests(1)->leave_unserved(count(slow, "unserved"));
  }
  /// As a workload does: only those are shown that are long or asked for.
  void request(unsigned mutator, Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    const std::uint64_t number = account(mutator).operations++;
    if (number < wanted_[mutator] && end - intended < RequestSink::long_ns) return;
    wanted_[mutator] = pass_->requests(mutator)->look_at(number, intended, start, end);
  }
  MutatorAccount& account(unsigned mutator) { return pass_->mutators_[mutator].account; }
  Nanoseconds since_begin(const Toml& time) const { return pass_->begin_ns() + integer(time); }

  const Toml& region_;
  const Toml::Array& mutators_;
  std::unique_ptr<Pass> pass_;
  std::map<unsigned, std::uint64_t> wanted_;
};

/// The file's events by the thread that emits them, times on the clock.
class KnownEvents {
 public:
  explicit KnownEvents(const Toml& file) : begin_(integer(at(file, "region"), "begin_ns")) {
    add_series(at(file, "series"));
    for (const Toml& one : *at(at(file, "pauses"), "at").array()) add_pause(one);
    for (const Toml& one : *at(at(file, "phases"), "at").array()) add_phase(one);
    for (const Toml& one : *at(at(file, "intervals"), "at").array()) add_interval(one);
    const Toml& trigger = at(at(file, "heap"), "trigger");
    add("collector", TriggerEvent{.at_ns = begin_ + integer(trigger, "at"),
                                  .used = count(trigger, "used"),
                                  .trigger = count(trigger, "trigger")});
  }
  /// Each thread emits its own as they end.
  std::vector<RecordedEvent> through_a_recorder() {
    Recorder recorder;
    for (auto& [name, events] : by_thread_) {
      std::ranges::stable_sort(events, {}, [](const Event& one) { return end_of(one); });
      std::jthread([&, of_mutator = name.starts_with("mutator")] {
        if (of_mutator) recorder.adopt_mutator_thread();
        for (const Event& event : events) recorder.on_event(event);
      });
    }
    return recorder.events();
  }

 private:
  static Activity activity(const Toml& told, std::string_view name) {
    return named(told, name, Activity::sweeping);
  }
  void add(const std::string& thread, const Event& event) { by_thread_[thread].push_back(event); }
  void add_series(const Toml& told) {
    for (Nanoseconds i = 1; i <= integer(told, "count"); ++i) {
      const Nanoseconds begin = begin_ + integer(told, "begin_ns") + i * integer(told, "every_ns");
      const Nanoseconds half = 5 * (7 * i % 996);
      add("collector", PauseEvent{.cause = Cause::pacing,
                                  .begin_ns = begin,
                                  .stopped_ns = begin + half,
                                  .end_ns = begin + 2 * half,
                                  .cpu_ns = half,
                                  .used_before = 100,
                                  .used_after = 100});
    }
  }
  void add_pause(const Toml& told) {
    const std::string& stopped = *at(told, "stopped").text();
    const auto& times = *at(told, "at").array();
    const auto& bytes = *at(told, "bytes").array();
    add(*at(told, "by").text(),
        PauseEvent{.kind = named(told, "kind", PauseKind::verify),
                   .cause = named(told, "cause", Cause::handshake),
                   .mutator = stopped == "all" ? every_mutator
                                               : static_cast<std::uint32_t>(std::stoul(stopped)),
                   .cycle = count(told, "cycle"),
                   .begin_ns = begin_ + integer(times[0]),
                   .stopped_ns = begin_ + integer(times[1]),
                   .end_ns = begin_ + integer(times[2]),
                   .cpu_ns = integer(told, "cpu_ns"),
                   .used_before = static_cast<std::uint64_t>(integer(bytes[0])),
                   .used_after = static_cast<std::uint64_t>(integer(bytes[1]))});
  }
  void add_phase(const Toml& told) {
    const auto& times = *at(told, "at").array();
    add(*at(told, "by").text(), PhaseInterval{.phase = activity(told, "phase"),
                                              .role = named(told, "role", Role::sweeper),
                                              .cycle = count(told, "cycle"),
                                              .begin_ns = begin_ + integer(times[0]),
                                              .end_ns = begin_ + integer(times[1]),
                                              .cpu_ns = integer_or_0(told, "cpu_ns")});
  }
  void add_interval(const Toml& told) {
    const auto& times = *at(told, "at").array();
    const auto mutator = static_cast<std::uint32_t>(integer(told, "mutator"));
    add("mutator " + std::to_string(mutator),
        MutatorInterval{.activity = activity(told, "activity"),
                        .mutator = mutator,
                        .begin_ns = begin_ + integer(times[0]),
                        .end_ns = begin_ + integer(times[1]),
                        .cpu_ns = integer_or_0(told, "cpu_ns")});
  }

  const Nanoseconds begin_;
  std::map<std::string, std::vector<Event>> by_thread_;
};

/// The delays of a thread that only sleeps, by when it woke.
inline std::vector<BystanderDelay> known_delays(const Toml& file) {
  const Nanoseconds begin = integer(at(file, "region"), "begin_ns");
  const Toml& told = at(file, "bystander");
  std::vector<BystanderDelay> all;
  for (Nanoseconds i = 1; i <= integer(told, "count"); ++i) {
    all.push_back({begin + i * integer(told, "every_ns"), i});
  }
  for (const Toml& one : *at(told, "outside").array()) {
    all.push_back({begin + integer((*one.array())[0]), integer((*one.array())[1])});
  }
  return all;
}

inline Outcome known_outcome(const Toml& file, Nanoseconds times, std::uint64_t rows) {
  Outcome outcome;
  outcome.verdict = verdict::ok;
  outcome.pass = KnownPass(file, times, rows).take();
  RunTables& tables = outcome.tables;
  tables.requests = request_table(*outcome.pass);
  tables.events = KnownEvents(file).through_a_recorder();
  tables.bystander = known_delays(file);
  const Toml& heap = at(file, "heap");
  tables.heap_bytes = outcome.heap.size = count(heap, "bytes");
  for (const Toml& one : *at(heap, "samples").array()) {
    const auto& sample = *one.array();
    tables.heap_use.push_back({outcome.pass->begin_ns() + integer(sample[0]),
                               static_cast<std::size_t>(integer(sample[1]))});
  }
  outcome.figures = compute_figures(
      *outcome.pass, tables.events, tables.requests,
      bystander_figures(tables.bystander, outcome.pass->begin_ns(), outcome.pass->end_ns()));
  tables.region = outcome.figures->region;
  outcome.heap.peak = outcome.figures->peak_bytes;
  return outcome;
}

/// The file, in a test that is told its place.
#ifdef TRICOLOUR_KNOWN_RUN_FILE
inline Toml known_file() {
  return parse_toml(read_file(TRICOLOUR_KNOWN_RUN_FILE), "known_run.toml");
}
#endif

inline RunOptions known_options() {
  RunOptions options;
  options.collector = "concurrent";
  options.barrier = "yuasa";
  options.workload = "latency";
  options.heap = "64M";
  options.mutators = 2;
  options.parameters = {{"live_mb", "4"}};
  return options;
}
/// The text of its run.json.
inline std::string known_run_json(const Outcome& outcome) {
  const RunOptions options = known_options();
  return to_text(run_to_json(options, plan_run(options), outcome, 0), 1) + "\n";
}

/// A folder of its own in the place for temporary files, gone at the end.
class KnownFolder {
 public:
  KnownFolder()
      : path_(std::filesystem::temp_directory_path() / ("known-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~KnownFolder() { std::filesystem::remove_all(path_); }
  KnownFolder(const KnownFolder&) = delete;
  KnownFolder& operator=(const KnownFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

}  // namespace tricolour
