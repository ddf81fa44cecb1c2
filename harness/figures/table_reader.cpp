#include "harness/figures/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/files/result_folder.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// A table of text: lines of fields under a header.
class TextTable {
 public:
  explicit TextTable(const fs::path& file)
      : name_(file.filename().string()), text_(read_file(file)), rest_(text_) {
    next_line();
    for (std::string_view left = line_; !left.empty();) columns_.push_back(take_field(left));
  }

  /// Goes to the next row; false behind the last.
  bool next() {
    if (rest_.empty()) return false;
    next_line();
    fields_.clear();
    std::string_view left = line_;
    while (fields_.size() < columns_.size()) fields_.push_back(take_field(left));
    if (!left.empty())
      throw DamagedTable(fmt::format("{}:{}: more fields than columns", name_, number_));
    return true;
  }
  std::string_view text(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    if (found == columns_.end())
      throw DamagedTable(fmt::format("{}: there is no column {}", name_, column));
    return fields_[static_cast<std::size_t>(found - columns_.begin())];
  }
  bool has(std::string_view column) const {
    return std::ranges::find(columns_, column) != columns_.end();
  }
  template <class Number = std::int64_t>
  Number number(std::string_view column) const {
    const std::string_view field = text(column);
    Number value{};
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) refuse(column);
    return value;
  }
  /// The enumerator of that name, up to `last`.
  template <class Word>
  Word word(std::string_view column, Word last) const {
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
      if (to_string(static_cast<Word>(i)) == text(column)) return static_cast<Word>(i);
    }
    refuse(column);
  }
  [[noreturn]] void refuse(std::string_view column) const {
    throw DamagedTable(fmt::format("{}:{}: '{}' is no {}", name_, number_, text(column), column));
  }

 private:
  void next_line() {
    const std::size_t end = rest_.find('\n');
    ++number_;
    if (end == std::string_view::npos)
      throw DamagedTable(fmt::format("{}: the last line is cut off", name_));
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
  }
  static std::string_view take_field(std::string_view& left) {
    const std::string_view field = left.substr(0, left.find(','));
    left.remove_prefix(std::min(field.size() + 1, left.size()));
    return field;
  }

  const std::string name_;
  const std::string text_;
  std::string_view rest_, line_;
  std::vector<std::string_view> columns_, fields_;
  std::size_t number_ = 0;  ///< of the line, from 1
};

PauseEvent pause_of(const TextTable& row) {
  return {.kind = row.word("kind", PauseKind::verify),
          .cause = row.word("cause", Cause::handshake),
          .mutator =
              row.text("mutator") == "all" ? every_mutator : row.number<std::uint32_t>("mutator"),
          .cycle = row.number<std::uint64_t>("cycle"),
          .begin_ns = row.number("request_ns"),
          .stopped_ns = row.number("stopped_ns"),
          .end_ns = row.number("resume_ns"),
          .cpu_ns = row.number("thread_cpu_ns"),
          .used_before = row.number<std::uint64_t>("heap_before"),
          .used_after = row.number<std::uint64_t>("heap_after")};
}

/// What a mutator lost is its own, the rest are phases. Each field is read of either.
Event interval_of(const TextTable& row) {
  const PhaseInterval phase{.phase = row.word("phase", Activity::sweeping),
                            .role = row.word("role", Role::sweeper),
                            .cycle = row.number<std::uint64_t>("cycle"),
                            .begin_ns = row.number("begin_ns"),
                            .end_ns = row.number("end_ns"),
                            .marked_bytes = row.number<std::uint64_t>("bytes"),
                            .marked_objects = row.number<std::uint64_t>("objects")};
  const auto thread = row.number<std::uint32_t>("thread");
  if (phase.role != Role::mutator || !is_lost(phase.phase)) return phase;
  return MutatorInterval{.activity = phase.phase,
                         .mutator = thread,
                         .cycle = phase.cycle,
                         .begin_ns = phase.begin_ns,
                         .end_ns = phase.end_ns};
}

std::vector<RequestTableRow> read_binary(const fs::path& file, std::size_t columns) {
  const std::string bytes = read_file(file);
  const std::size_t row_bytes = columns * sizeof(std::int64_t);
  if (bytes.size() % row_bytes != 0)
    throw DamagedTable(fmt::format("{}: the last row is cut off", file.filename().string()));
  std::vector<RequestTableRow> rows(bytes.size() / row_bytes);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(&rows[i], bytes.data() + i * row_bytes, row_bytes);
  return rows;
}

}  // namespace

std::vector<RecordedEvent> read_events(const fs::path& folder) {
  std::vector<RecordedEvent> events;
  for (TextTable row(folder / "pauses.csv"); row.next();)
    events.push_back({pause_of(row), 0, false});
  for (TextTable row(folder / "phases.csv"); row.next();)
    events.push_back({interval_of(row), 0, false});
  std::ranges::stable_sort(events, {}, [](const RecordedEvent& one) { return end_of(one.event); });
  return events;
}

std::vector<RequestTableRow> read_requests(const fs::path& folder, std::size_t binary_columns) {
  if (fs::exists(folder / "requests.bin"))
    return read_binary(folder / "requests.bin", binary_columns);
  std::vector<RequestTableRow> rows;
  TextTable row(folder / "requests.csv");
  const auto metered = [&](std::string_view column) {
    return row.has(column) ? row.number(column) : 0;
  };
  while (row.next()) {
    rows.push_back({row.number("thread"), row.number("intended_ns"), row.number("start_ns"),
                    row.number("end_ns"), row.number("weight"), metered("metered_100ms_ns"),
                    metered("metered_full_ns")});
  }
  return rows;
}

}  // namespace tricolour
