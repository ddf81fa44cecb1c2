// Under ThreadSanitizer this fails where a mutex has no end; elsewhere it always passes.
#include "core/mutex.hpp"

#include <optional>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

template <class One>
struct Pair {
  One first;
  One second;
};

}  // namespace

TEMPLATE_TEST_CASE("mutexes at the place of others are no longer those", "[mutex]", Mutex,
                   TimedMutex) {
  std::optional<Pair<TestType>> place;
  place.emplace();
  {
    const std::scoped_lock outer(place->first);
    const std::scoped_lock inner(place->second);
  }
  place.emplace();
  {
    const std::scoped_lock outer(place->second);
    const std::scoped_lock inner(place->first);
  }
  CHECK(place->first.try_lock());
  place->first.unlock();
}

}  // namespace tricolour
