// Why the grey set's stacks carry a tag: the ABA history, made to happen on one thread.
// (Boost.Lockfree's are tagged; grey_set_test races them.)
#include <array>
#include <cstdint>
#include <functional>

#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

/// Treiber's stack of packet numbers (IBM 1986), with or without a count of changes beside the
/// head.
template <bool tagged>
class PacketStack {
 public:
  static constexpr int none = -1;
  void push(int packet) {
    next_[static_cast<std::size_t>(packet)] = head_;
    set_head(packet);
  }
  /// `meanwhile`: what others do between the look at the head and the exchange.
  int pop(const std::function<void()>& meanwhile = [] {}) {
    for (;;) {
      const int seen = head_;
      const std::uint64_t changes = changes_;
      if (seen == none) return none;
      const int next = next_[static_cast<std::size_t>(seen)];
      meanwhile();
      if (head_ != seen || (tagged && changes_ != changes)) continue;
      set_head(next);
      return seen;
    }
  }

 private:
  void set_head(int packet) {
    head_ = packet;
    ++changes_;
  }
  int head_ = none;
  std::uint64_t changes_ = 0;
  std::array<int, 3> next_{};
};

template <class Stack>
Sighting packet_comes_back() {
  Stack stack;
  for (const int packet : {2, 1, 0}) stack.push(packet);
  std::array<int, 3> holders{};
  const auto hold = [&](int packet) {
    if (packet != Stack::none) ++holders[static_cast<std::size_t>(packet)];
  };
  bool once = false;
  hold(stack.pop([&] {
    if (std::exchange(once, true)) return;
    const int first = stack.pop();
    hold(stack.pop());  // kept
    stack.push(first);  // the head is what it was, and what is below it is not
  }));
  hold(stack.pop());
  for (const int count : holders) {
    if (count > 1) return {"a packet has two owners"};
  }
  return {};
}

}  // namespace

TEST_CASE("fault packets_without_aba_tag: one packet is handed out twice", "[grey_set][fault]") {
  check_kill(Fault::packets_without_aba_tag, packet_comes_back<PacketStack<true>>,
             packet_comes_back<PacketStack<false>>, "ownership check");
}

}  // namespace tricolour
