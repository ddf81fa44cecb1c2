// Messages on standard error.
//
// Invariant: a message that cannot be written is lost, and nothing else is: no run ends because the
// terminal behind it went away. Standard output is no place for messages; what cannot be written
// there is an error (main.cpp).
//
// Ownership: any thread; one call is one write.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace tricolour {

void say_text(std::string_view text);

template <class... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
  say_text(fmt::format(format, std::forward<Values>(values)...));
}

}  // namespace tricolour
