#include "harness/explore/explorable.hpp"

#include "barriers/all.hpp"

namespace tricolour {
namespace {

template <class... Barriers>
std::vector<Explorable> all_of(TypeList<Barriers...>) {
  return {{&Barriers::traits, &exploration::explore<Barriers>}...};
}

}  // namespace

const std::vector<Explorable>& explorables() {
  static const std::vector<Explorable> all = all_of(AllBarriers{});
  return all;
}

}  // namespace tricolour
