// States as bytes: what a search hashes and keeps in its frontier.
//
// Purpose: a state has one member template `transfer(archive)` that names its fields in order;
// ByteWriter and ByteReader run it. Two states are the same exactly when their bytes are.
//
// Ownership: one search, one thread.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>

namespace tricolour::exploration {

class ByteWriter {
 public:
  template <std::integral T>
  void operator()(const T& field) {
    if (size_ + sizeof(T) > bytes_.size())
      throw std::length_error("a model's state has more bytes than the search holds");
    std::memcpy(&bytes_[size_], &field, sizeof(T));
    size_ += sizeof(T);
  }
  void clear() { size_ = 0; }
  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, 8192> bytes_;
  std::size_t size_ = 0;
};

/// The bytes of a part, to compare it with another.
class ShortWriter {
 public:
  template <std::integral T>
  void operator()(const T& field) {
    std::memcpy(&bytes_[size_], &field, sizeof(T));
    size_ += sizeof(T);
  }
  friend bool operator<(const ShortWriter& one, const ShortWriter& other) {
    if (one.size_ != other.size_) return one.size_ < other.size_;
    return std::memcmp(one.bytes_.data(), other.bytes_.data(), one.size_) < 0;
  }

 private:
  std::array<std::uint8_t, 64> bytes_;
  std::size_t size_ = 0;
};

class ByteReader {
 public:
  explicit ByteReader(const std::uint8_t* bytes) : next_(bytes) {}
  template <std::integral T>
  void operator()(T& field) {
    std::memcpy(&field, next_, sizeof(T));
    next_ += sizeof(T);
  }

 private:
  const std::uint8_t* next_;
};

/// A field and how many bits its values need.
template <class T>
struct Bits {
  T& field;
  unsigned width;
};
template <class T>
Bits(T&, unsigned) -> Bits<T>;

/// Transfers small fields as one `Word`, the first in its lowest bits.
template <std::unsigned_integral Word, class Archive, class... T>
void transfer_packed(Archive& archive, Bits<T>... bits) {
  Word word = 0;
  unsigned at = 0;
  ((word = static_cast<Word>(word | static_cast<Word>(bits.field) << at), at += bits.width), ...);
  archive(word);
  at = 0;
  ((bits.field = static_cast<T>(word >> at & ((1u << bits.width) - 1)), at += bits.width), ...);
}

/// Two independent 64-bit hashes would be one of 128; one is enough as long as collisions are rare:
/// see VisitedStates. Source: the mixing step is wyhash's (Wang Yi, public domain): multiply to 128
/// bits, fold the halves.
inline std::uint64_t fingerprint(std::span<const std::uint8_t> bytes) {
  constexpr std::uint64_t first = 0xa0761d6478bd642f, second = 0xe7037ed1a0b428db;
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t hash = bytes.size() ^ first;
  std::size_t at = 0;
  for (; at + 16 <= bytes.size(); at += 16) {
    std::uint64_t words[2];
    std::memcpy(words, bytes.data() + at, 16);
    hash = mix(words[0] ^ second, words[1] ^ hash);
  }
  std::uint64_t rest[2] = {};
  std::memcpy(rest, bytes.data() + at, bytes.size() - at);
  hash = mix(rest[0] ^ second, rest[1] ^ hash);
  return mix(hash ^ first, second);
}

}  // namespace tricolour::exploration
