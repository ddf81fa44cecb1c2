// Text in a limited number of columns.
#pragma once

#include <string>
#include <string_view>

namespace tricolour {

/// Of help, and of what is printed for a reader.
inline constexpr std::size_t most_columns = 80;

/// The lines of `text`, broken at spaces where they are longer than `columns`. What is broken goes
/// on below the line's own first letter, or below the description, where the line is an entry of a
/// list: indented, and with the description at column `described_at`.
std::string in_columns(std::string_view text, std::size_t columns, std::size_t described_at = 0);

}  // namespace tricolour
