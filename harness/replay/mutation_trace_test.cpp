#include "harness/replay/mutation_trace.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "core/errors.hpp"
#include "harness/files/result_folder.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// A folder for one test.
struct Folder {
  Folder()
      : path(std::filesystem::temp_directory_path() /
             fmt::format("tricolour-trace-{}", ::getpid())) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path;
};

void write_small_trace(const std::filesystem::path& file) {
  TraceWriter writer(file, false, "tricolour run ...");
  writer.record(Mutation::allocate, {2, 3});
  writer.record(Mutation::push_root, {1});
  writer.record(Mutation::begin_region, {});
  writer.record(Mutation::store, {1, 1, ~std::uint64_t{0}});
  writer.finish({.objects = 1, .records = 4, .bytes = 48, .region_bytes = 0, .graph = 7});
  writer.complete();
}

void overwrite(const std::filesystem::path& file, std::string_view text) {
  replace_file(file, text);
}

TEST_CASE("a trace is read as it was written") {
  const Folder folder;
  write_small_trace(folder.path / "trace");
  TraceReader reader(folder.path / "trace");
  CHECK(reader.made_by() == "tricolour run ...");
  CHECK(reader.summary().bytes == 48);
  CHECK(reader.summary().graph == 7);
  TraceReader::Record record{};
  REQUIRE(reader.next(record));
  CHECK((record.mutation == Mutation::allocate && record.operands[0] == 2 &&
         record.operands[1] == 3));
  REQUIRE(reader.next(record));
  REQUIRE(reader.next(record));
  CHECK(record.mutation == Mutation::begin_region);
  REQUIRE(reader.next(record));
  CHECK((record.mutation == Mutation::store && record.operands[2] == ~std::uint64_t{0}));
  CHECK_FALSE(reader.next(record));
}

TEST_CASE("a long trace survives the writer's buffer") {
  const Folder folder;
  constexpr std::uint64_t records = 700'000;
  {
    TraceWriter writer(folder.path / "trace", false, "long");
    for (std::uint64_t i = 0; i < records; ++i) writer.record(Mutation::load, {i, i % 7});
    writer.finish({.records = records});
    writer.complete();
  }
  TraceReader reader(folder.path / "trace");
  TraceReader::Record record{};
  std::uint64_t right = 0;
  while (reader.next(record))
    right += record.operands[0] == right && record.operands[1] == right % 7;
  CHECK(right == records);
}

TEST_CASE("a trace that was cut off, changed or is none is refused with the reason") {
  const Folder folder;
  const std::filesystem::path file = folder.path / "trace";
  write_small_trace(file);
  const std::string whole = read_file(file);
  const auto refused = [&](const std::string& text, const char* why) {
    overwrite(file, text);
    INFO(why);
    CHECK_THROWS_WITH(TraceReader(file), Catch::Contains(file.string()) && Catch::Contains(why));
    CHECK_THROWS_AS(TraceReader(file), ConfigurationError);
  };
  for (std::size_t length = 1; length < whole.size(); ++length)
    refused(whole.substr(0, length), "truncated");
  for (std::size_t at = 12; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    overwrite(file, changed);
    INFO("byte " << at);
    CHECK_THROWS_AS(TraceReader(file), ConfigurationError);
  }
  refused(whole + "x", "more than its header says");
  refused("", "no mutation trace");
  refused("#!/bin/sh\necho no trace\n", "no mutation trace");
  std::string later = whole;
  later[8] = 2;
  refused(later, "version 2");
  std::filesystem::remove(file);
  CHECK_THROWS_WITH(TraceReader(file),
                    Catch::Contains("cannot read") && Catch::Contains("No such file"));
  CHECK_THROWS_AS(TraceReader(folder.path), ConfigurationError);
}

TEST_CASE(
    "a header whose figures its records do not make is refused, though the checksum is right") {
  const Folder folder;
  const auto refused = [&](const TraceSummary& summary, const char* why) {
    {
      TraceWriter writer(folder.path / "trace", true, "");
      writer.record(Mutation::allocate, {2, 3});
      writer.finish(summary);
      writer.complete();
    }
    INFO(why);
    CHECK_THROWS_WITH(TraceReader(folder.path / "trace"), Catch::Contains(why));
  };
  constexpr std::uint64_t tebibyte = std::uint64_t{1} << 40;
  refused({.objects = 1, .records = 1, .bytes = 3 * tebibyte},
          "says 3298534883328 bytes, and its records make 48");
  refused({.objects = tebibyte, .records = 1, .bytes = 48}, "objects");
  refused({.objects = 1, .records = 7, .bytes = 48}, "says 7 records, and its records make 1");
}

TEST_CASE("a trace is there complete or not at all, and is not replaced unasked") {
  const Folder folder;
  const std::filesystem::path file = folder.path / "trace";
  { TraceWriter given_up(file, false, ""); }
  CHECK(std::filesystem::is_empty(folder.path));
  write_small_trace(file);
  CHECK_THROWS_WITH(TraceWriter(file, false, ""), Catch::Contains("exists"));
  CHECK_NOTHROW(TraceWriter(file, true, ""));
  CHECK_NOTHROW(TraceReader(file));
  CHECK_THROWS_AS(TraceWriter(folder.path / "no such folder" / "trace", false, ""), OutputError);
}

TEST_CASE("a record that is none is refused with its place") {
  const Folder folder;
  {
    TraceWriter writer(folder.path / "trace", false, "");
    writer.record(Mutation::push_root, {0});
    writer.record(static_cast<Mutation>(99), {});
    writer.complete();
  }
  CHECK_THROWS_WITH(TraceReader(folder.path / "trace"),
                    Catch::Contains("damaged at byte 74") && Catch::Contains("kind 99"));
}

}  // namespace
}  // namespace tricolour
