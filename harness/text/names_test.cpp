#include "harness/text/names.hpp"

#include "tools/testing/catch.hpp"

namespace tricolour {

TEST_CASE("a slip is answered with the one name that is near") {
  const std::vector<std::string_view> names{"stop_the_world", "incremental", "concurrent",
                                            "on_the_fly",     "yuasa",       "steele"};
  CHECK(nearest("yuaza", names) == "yuasa");               // a letter is another
  CHECK(nearest("steel", names) == "steele");              // one is missing
  CHECK(nearest("incremmental", names) == "incremental");  // one is too many
  CHECK(nearest("yausa", names) == "yuasa");               // two have changed places
  CHECK(nearest("Stop-The-World", names) == "stop_the_world");
  CHECK(nearest("conc", names) == "concurrent");  // it is not finished
}

TEST_CASE("what is near no name, or to two alike, is answered with none") {
  CHECK(nearest("baker", {"yuasa", "steele"}) == std::nullopt);
  CHECK(nearest("mark", {"mark_threads", "mark_rate"}) == std::nullopt);
  CHECK(nearest("tsc", {"sc", "tso"}) == std::nullopt);
  CHECK(nearest("x", {"y"}) == std::nullopt);
  CHECK(nearest("", {"a", "b"}) == std::nullopt);
  CHECK(nearest("a", {}) == std::nullopt);
}

TEST_CASE("a refusal of a name has the near one and all that there are") {
  CHECK(unknown_name("barrier", "yuaza", {"none", "yuasa"}) ==
        "no barrier is called 'yuaza'; did you mean 'yuasa'? There are none, yuasa");
  CHECK(unknown_name("barrier", "baker", {"none", "yuasa"}) ==
        "no barrier is called 'baker'; there are none, yuasa");
  CHECK(unknown_name("parameter", "dept", {"depth"}) ==
        "no parameter is called 'dept'; did you mean 'depth'? There is only depth");
  CHECK(unknown_name("parameter", "depth", {}) == "no parameter is called 'depth'; there are none");
}

}  // namespace tricolour
