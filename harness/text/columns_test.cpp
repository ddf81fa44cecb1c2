#include "harness/text/columns.hpp"

#include "tools/testing/catch.hpp"

namespace tricolour {

TEST_CASE("lines that fit stay as they are") {
  CHECK(in_columns("one two\n\n  three\n", 8) == "one two\n\n  three\n");
  CHECK(in_columns("12345678", 8) == "12345678");
}

TEST_CASE("a longer line goes on below its first letter") {
  CHECK(in_columns("one two three", 8) == "one two\nthree");
  CHECK(in_columns("  one two three\nfour", 8) == "  one\n  two\n  three\nfour");
}

TEST_CASE("an entry of a list goes on below its description") {
  CHECK(in_columns("  --a  one two\n  b", 11, 7) == "  --a  one\n       two\n  b");
  CHECK(in_columns("Options: --a one two", 11, 9) == "Options:\n--a one two");
}

TEST_CASE("a word is never broken") {
  CHECK(in_columns("  123456789 1", 8) == "  123456789\n  1");
  CHECK(in_columns("123456789", 8) == "123456789");
}

}  // namespace tricolour
