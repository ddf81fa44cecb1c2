#include "harness/sweep/shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/errors.hpp"

namespace tricolour {
namespace {

/// A whole number from 1, and nothing else.
std::optional<unsigned> ordinal(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

}  // namespace

std::string Shard::text() const { return fmt::format("{}/{}", number, count); }

Shard parse_shard(std::string_view text, unsigned invocations) {
  const std::size_t slash = text.find('/');
  const auto number = ordinal(text.substr(0, slash));
  const auto count =
      slash == std::string_view::npos ? std::nullopt : ordinal(text.substr(slash + 1));
  if (!number || !count || *number > *count) {
    throw ConfigurationError(
        fmt::format("--shard takes k/n, shard k of n with k from 1 to n, not '{}'", text));
  }
  if (*count > invocations) {
    throw ConfigurationError(
        fmt::format("--shard {}: a shard has whole blocks, and the experiment has {} (its "
                    "invocations), too few for {} shards",
                    text, invocations, *count));
  }
  return {*number, *count};
}

}  // namespace tricolour
