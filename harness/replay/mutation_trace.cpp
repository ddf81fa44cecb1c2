#include "harness/replay/mutation_trace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>

#include "core/errors.hpp"
#include "core/heap/object.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/process/interruption.hpp"

namespace tricolour {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the numbers of a trace are written as they lie in memory");

constexpr std::string_view magic = "tricolmt";
constexpr std::uint32_t version = 1;
constexpr std::size_t flush_at = std::size_t{1} << 20;

/// What a file begins with; the command follows, then the body. The checksum covers everything
/// behind itself.
struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t command_bytes;
  std::uint64_t body_bytes;
  std::uint64_t checksum;
  TraceSummary summary;
};
static_assert(sizeof(Header) == 72);

/// FNV-1a over 64-bit words and then the bytes that are left, so that a trace is read as fast as
/// the disk.
class Checksum {
 public:
  explicit Checksum(std::uint64_t state = 0xcbf29ce484222325u) : state_(state) {}
  Checksum& add(std::string_view bytes) {
    while (bytes.size() >= sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data(), sizeof word);
      step(word);
      bytes.remove_prefix(sizeof word);
    }
    for (const char byte : bytes) step(static_cast<unsigned char>(byte));
    return *this;
  }
  std::uint64_t value() const { return state_; }

 private:
  void step(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x100000001b3u;
    state_ ^= state_ >> 32;
  }
  std::uint64_t state_;
};

/// Of the body of a trace, which may take long to read.
std::uint64_t checksum_of(std::string_view body) {
  constexpr std::size_t piece_bytes = std::size_t{1} << 24;
  Checksum checksum;
  while (!body.empty()) {
    if (interrupted()) throw Interrupted();
    checksum.add(body.substr(0, piece_bytes));
    body.remove_prefix(std::min(piece_bytes, body.size()));
  }
  return checksum.value();
}

std::string_view bytes_of(const auto& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

void append(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}

}  // namespace

// --- writing ------------------------------------------------------------------------------------

TraceWriter::TraceWriter(std::filesystem::path file, bool replace, std::string_view made_by)
    : file_(std::move(file)), made_by_(made_by), checksum_(Checksum().value()) {
  check_place(file_, replace);
  descriptor_ = open_beside(file_, partial_);
  buffer_.reserve(flush_at + 64);
  write_out(std::string(sizeof(Header), '\0') + made_by_);
}

TraceWriter::~TraceWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  abandon();
}

void TraceWriter::abandon() { ::unlink(partial_.c_str()); }

void TraceWriter::record(Mutation mutation, std::span<const std::uint64_t> operands) {
  buffer_.push_back(static_cast<char>(mutation));
  for (const std::uint64_t operand : operands) append(buffer_, operand);
  ++records_;
  if (buffer_.size() >= flush_at) flush();
}

/// Words of the checksum must not straddle two writes: what is left over stays in the buffer.
void TraceWriter::flush() {
  const std::string_view whole = std::string_view(buffer_).substr(
      0, buffer_.size() / sizeof(std::uint64_t) * sizeof(std::uint64_t));
  checksum_ = Checksum(checksum_).add(whole).value();
  write_out(whole);
  body_bytes_ += whole.size();
  buffer_.erase(0, whole.size());
}

void TraceWriter::write_out(std::string_view bytes) {
  if (error_ == 0) error_ = write_fully(descriptor_, bytes);
}

void TraceWriter::complete() {
  flush();
  write_out(buffer_);
  body_bytes_ += buffer_.size();
  Header header{.magic = {},
                .version = version,
                .command_bytes = static_cast<std::uint32_t>(made_by_.size()),
                .body_bytes = body_bytes_,
                .checksum = 0,
                .summary = summary_};
  std::memcpy(header.magic, magic.data(), magic.size());
  header.checksum = Checksum(Checksum(checksum_).add(buffer_).value())
                        .add(bytes_of(header.summary))
                        .add(made_by_)
                        .value();
  if (error_ == 0 && ::lseek(descriptor_, 0, SEEK_SET) != 0) error_ = errno;
  write_out(bytes_of(header));
  if (::close(descriptor_) != 0 && error_ == 0) error_ = errno;
  descriptor_ = -1;
  if (error_ == 0 && ::rename(partial_.c_str(), file_.c_str()) != 0) error_ = errno;
  if (error_ == 0) return;
  abandon();
  refuse_output(file_, error_);
}

// --- reading ------------------------------------------------------------------------------------

namespace {
MappedFile mapped(const std::filesystem::path& file) {
  try {
    return MappedFile(file);
  } catch (const OutputError& error) {
    throw ConfigurationError(error.what());
  }
}
}  // namespace

TraceReader::TraceReader(std::filesystem::path file)
    : file_(std::move(file)), mapped_(mapped(file_)), bytes_(mapped_.bytes()) {
  const auto must = [&](bool holds, const std::string& why) {
    if (!holds) throw ConfigurationError(fmt::format("{}: {}", file_.string(), why));
  };
  Header header{};
  must(
      bytes_.starts_with(magic.substr(0, std::min(bytes_.size(), magic.size()))) && !bytes_.empty(),
      "no mutation trace: `tricolour run --record-mutations` makes one");
  must(bytes_.size() >= sizeof header,
       fmt::format("truncated: {} bytes, and the header alone has {}", bytes_.size(),
                   sizeof header));
  std::memcpy(&header, bytes_.data(), sizeof header);
  must(header.version == version,
       fmt::format("a trace of version {}, and this program reads version {}", header.version,
                   version));
  constexpr std::uint64_t most_bytes = std::uint64_t{1} << 60;
  must(header.body_bytes < most_bytes, "damaged: its header gives an impossible length");
  const std::uint64_t expected = sizeof header + header.command_bytes + header.body_bytes;
  must(bytes_.size() >= expected,
       fmt::format("truncated: {} bytes of {}", bytes_.size(), expected));
  must(bytes_.size() == expected,
       fmt::format("damaged: {} bytes more than its header says", bytes_.size() - expected));
  made_by_ = bytes_.substr(sizeof header, header.command_bytes);
  records_at_ = position_ = sizeof header + header.command_bytes;
  const std::string_view body = std::string_view(bytes_).substr(records_at_);
  const std::uint64_t checksum =
      Checksum(checksum_of(body)).add(bytes_of(header.summary)).add(made_by_).value();
  must(checksum == header.checksum,
       fmt::format("damaged: its checksum is {:016x}, and that of its contents {:016x}",
                   header.checksum, checksum));
  summary_ = header.summary;
  check_summary();
}

/// A file that was made by hand can have the right checksum over figures that its records do not
/// make.
void TraceReader::check_summary() {
  TraceSummary counted;
  constexpr std::uint64_t records_between_looks = std::uint64_t{1} << 16;
  for (Record record{}; next(record); ++counted.records) {
    if (counted.records % records_between_looks == 0 && interrupted()) throw Interrupted();
    if (record.mutation != Mutation::allocate && record.mutation != Mutation::allocate_globals)
      continue;
    ++counted.objects;
    counted.bytes += allocated_bytes(record);
  }
  rewind();
  const auto must = [&](std::string_view what, std::uint64_t said, std::uint64_t is) {
    if (said == is) return;
    throw ConfigurationError(
        fmt::format("{}: damaged: its header says {} {}, and its records make {}", file_.string(),
                    said, what, is));
  };
  must("objects", summary_.objects, counted.objects);
  must("records", summary_.records, counted.records);
  must("bytes", summary_.bytes, counted.bytes);
}

std::uint64_t TraceReader::allocated_bytes(const Record& record) const {
  const std::uint64_t slots = record.operands[0];
  if (slots > max_slots) refuse("it allocates an object of an impossible size");
  const std::uint64_t least = round_up(sizeof(Object) + slots * sizeof(Slot), granule_bytes);
  if (record.mutation == Mutation::allocate_globals) return least;
  const std::uint64_t granules = record.operands[1];
  if (granules > std::numeric_limits<std::uint32_t>::max() || granules * granule_bytes < least)
    refuse("it allocates an object of an impossible size");
  return granules * granule_bytes;
}

bool TraceReader::next(Record& record) {
  if (position_ == bytes_.size()) return false;
  record_at_ = position_;
  const auto kind = static_cast<std::uint8_t>(bytes_[position_++]);
  if (kind == 0 || kind > last_mutation) refuse(fmt::format("there is no record of kind {}", kind));
  record.mutation = static_cast<Mutation>(kind);
  for (std::size_t i = 0; i < operand_count[kind]; ++i) record.operands[i] = number();
  return true;
}

std::uint64_t TraceReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (position_ == bytes_.size()) refuse("it ends in the middle of a record");
    const auto byte = static_cast<unsigned char>(bytes_[position_++]);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  refuse("a number is too long");
}

void TraceReader::refuse(std::string_view reason_text) const {
  throw ConfigurationError(
      fmt::format("{}: damaged at byte {}: {}", file_.string(), record_at_, reason_text));
}

}  // namespace tricolour
