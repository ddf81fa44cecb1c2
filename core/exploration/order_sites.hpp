// The places at which code states a memory order, and what happens when one of them states a weaker
// one.
//
// Purpose: an order that can be weakened without a counterexample is too strong, or the programs or
// the model are too small to see why not. So each place is weakened on its own, in every way, and
// each program of a list is searched for a counterexample.
//
// Ownership: plain values.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/exploration/model_atomic.hpp"

namespace tricolour::exploration {

constexpr std::string_view order_name(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_consume:
      return "consume";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
  }
  return "";
}

constexpr std::string_view access_name(AccessKind kind) {
  constexpr std::string_view names[] = {"load",    "store",      "exchange",   "compare_exchange",
                                        "add",     "lock",       "unlock",     "wait",
                                        "wake_up", "notify_all", "plain_load", "plain_store"};
  return names[static_cast<std::size_t>(kind)];
}

/// One place in the code, with one order: code whose template parameters say the order is several.
struct OrderSite {
  std::string function;
  unsigned line = 0;
  unsigned column = 0;
  AccessKind kind{};
  unsigned location = 0;  ///< the first that was seen there
  std::memory_order order{};

  bool is_at(const std::source_location& site) const {
    return line == site.line() && column == site.column() && file == site.file_name();
  }
  std::string_view file;
};

/// All that an access of this kind may state instead of `order`, strongest first.
inline std::vector<std::memory_order> weaker_orders(AccessKind kind, std::memory_order order) {
  using enum AccessKind;
  std::vector<std::memory_order> all;
  const bool reads = kind != store, writes = kind != load;
  if (order == std::memory_order_seq_cst && reads && writes)
    all.push_back(std::memory_order_acq_rel);
  const bool both = order == std::memory_order_seq_cst || order == std::memory_order_acq_rel;
  if (both && reads) all.push_back(std::memory_order_acquire);
  if (both && writes) all.push_back(std::memory_order_release);
  if (order != std::memory_order_relaxed) all.push_back(std::memory_order_relaxed);
  return all;
}

/// The places that were seen with more than relaxed, in the order of the code. Not those in tests:
/// what they state is not what they examine.
class OrderSites {
 public:
  void add(const Access& access) {
    const bool is_atomic = access.kind <= AccessKind::add;
    if (!is_atomic || access.order == std::memory_order_relaxed) return;
    const std::string_view file = access.site.file_name();
    if (file.ends_with("_test.cpp") || file.ends_with("_program.hpp")) return;
    for (const OrderSite& site : sites_) {
      if (site.is_at(access.site) && site.order == access.order) return;
    }
    sites_.push_back({.function = name_of(access.site.function_name()),
                      .line = access.site.line(),
                      .column = access.site.column(),
                      .kind = access.kind,
                      .location = access.location,
                      .order = access.order,
                      .file = access.site.file_name()});
    std::ranges::sort(sites_, {}, &OrderSite::line);
  }
  const std::vector<OrderSite>& all() const { return sites_; }

 private:
  /// The bare name in "type scope<...>::name(parameters) [...]".
  static std::string name_of(std::string_view signature) {
    const std::size_t end = signature.find('(');
    const std::size_t begin = signature.find_last_of(": ", end);
    return std::string(signature.substr(begin + 1, end - begin - 1));
  }
  std::vector<OrderSite> sites_;
};

/// None, or one place that states another order.
class Weakening {
 public:
  Weakening() = default;
  Weakening(const OrderSite& site, std::memory_order order) : site_(site), order_(order) {}
  std::memory_order order(const Access& access) const {
    const bool applies = site_.line != 0 && site_.is_at(access.site) && site_.order == access.order;
    return applies ? order_ : access.order;
  }

 private:
  OrderSite site_;
  std::memory_order order_{};
};

}  // namespace tricolour::exploration
