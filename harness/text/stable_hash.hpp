// A hash that is the same on every machine and in every version: FNV-1a, 64 bits. For naming
// things, not for security.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tricolour {

class StableHash {
 public:
  /// Adds the bytes of `text` and an end mark, so that "ab","c" and "a","bc" differ.
  StableHash& add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0x100);
    return *this;
  }
  std::uint64_t value() const { return state_; }
  /// 16 hexadecimal digits.
  std::string text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(16, '0');
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = digits[state_ >> (60 - 4 * i) & 15];
    return out;
  }

 private:
  void step(std::uint64_t byte) { state_ = (state_ ^ byte) * 0x100000001b3u; }
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace tricolour
