// Accesses after every thread of a program is through: one value per location, nothing concurrent.
//
// Ownership: one look at the end of one run.
#pragma once

#include <utility>
#include <vector>

#include "core/exploration/model_atomic.hpp"

namespace tricolour::exploration {

/// On what is left in the end.
class FinalStep final : public ModelStep {
 public:
  explicit FinalStep(std::vector<Word> values) : values_(std::move(values)) {}
  Word access(const Access& access) override {
    Word& value = values_[access.location];
    switch (access.kind) {
      case AccessKind::store:
      case AccessKind::plain_store:
      case AccessKind::exchange:
        return std::exchange(value, access.operand);
      case AccessKind::compare_exchange:
        return value == access.expected ? std::exchange(value, access.operand) : value;
      case AccessKind::add:
        return std::exchange(value, value + access.operand);
      default:
        return value;
    }
  }

 private:
  std::vector<Word> values_;
};

}  // namespace tricolour::exploration
