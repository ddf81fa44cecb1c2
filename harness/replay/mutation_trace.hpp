// Mutation traces: what one mutator did to a heap, independent of addresses, as a file.
//
// Purpose: `run --record-mutations` writes one, `replay` executes it under any barrier, so that
// barriers are compared on identical work. Objects are numbered by allocation: the first has
// serial 1. docs/schema.md describes every byte.
//
// Invariant: a file is complete or not there. A reader hands out nothing of a file whose length,
// version or checksum is wrong.
//
// Ownership: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/files/mapped_file.hpp"

namespace tricolour {

/// What a record says; its operands are unsigned LEB128 numbers. A serial is written as its
/// distance: newest serial - serial + 1; 0 is null.
enum class Mutation : std::uint8_t {
  allocate = 1,          ///< slots, granules. A safepoint, before it
  allocate_globals = 2,  ///< slots: the object whose slots are the globals. A safepoint, before it
  load = 3,              ///< source, field
  store = 4,             ///< source, field, value. An exchange is a load and a store
  push_root = 5,         ///< value
  pop_roots = 6,         ///< how many are left
  set_root = 7,          ///< distance from the top of the stack, value
  begin_region = 8,      ///< the workload has built its data
};
inline constexpr std::uint8_t last_mutation = 8;
/// Operands of each, by its value.
inline constexpr std::array<std::uint8_t, 9> operand_count{0, 2, 1, 2, 3, 1, 1, 2, 0};

struct TraceSummary {
  std::uint64_t objects = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;         ///< allocated, headers and rounding included
  std::uint64_t region_bytes = 0;  ///< of them, since begin_region
  std::uint64_t graph = 0;         ///< checksum of what is reachable at the end (graph_digest.hpp)
};

class TraceWriter {
 public:
  /// `made_by`: the command. Throws ConfigurationError when the file exists without `replace`,
  /// OutputError when it cannot be written.
  TraceWriter(std::filesystem::path file, bool replace, std::string_view made_by);
  ~TraceWriter();
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// What cannot be written is remembered, and thrown by `complete`.
  void record(Mutation mutation, std::span<const std::uint64_t> operands);
  void record(Mutation mutation, std::initializer_list<std::uint64_t> operands) {
    record(mutation, std::span(operands.begin(), operands.size()));
  }
  std::uint64_t records() const { return records_; }
  /// Nothing is recorded after this.
  void finish(const TraceSummary& summary) { summary_ = summary; }
  /// The file is there from here on. Throws OutputError.
  void complete();
  /// Removes what has been written, and nothing else: before the process ends while another thread
  /// may still record.
  void abandon();

 private:
  void flush();
  void write_out(std::string_view bytes);

  std::filesystem::path file_;
  std::filesystem::path partial_;
  std::string made_by_;
  int descriptor_ = -1;
  int error_ = 0;
  std::string buffer_;
  std::uint64_t checksum_;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t records_ = 0;
  TraceSummary summary_;
};

class TraceReader {
 public:
  /// Checks the whole file. Throws ConfigurationError with place and reason, and Interrupted.
  explicit TraceReader(std::filesystem::path file);
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  const TraceSummary& summary() const { return summary_; }
  const std::string& made_by() const { return made_by_; }

  struct Record {
    Mutation mutation;
    std::array<std::uint64_t, 3> operands;
  };
  /// False at the end.
  bool next(Record& record);
  /// The next record is the first again.
  void rewind() { position_ = records_at_; }
  /// For a reader that finds that the last record makes no sense. Throws ConfigurationError.
  [[noreturn]] void refuse(std::string_view reason) const;

 private:
  void check_summary();
  /// Of an allocation. Throws ConfigurationError when no object can be like that.
  std::uint64_t allocated_bytes(const Record& record) const;
  std::uint64_t number();

  std::filesystem::path file_;
  MappedFile mapped_;
  std::string_view bytes_;
  TraceSummary summary_;
  std::string made_by_;
  std::size_t records_at_ = 0;
  std::size_t position_ = 0;
  std::size_t record_at_ = 0;
};

}  // namespace tricolour
