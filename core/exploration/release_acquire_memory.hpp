// Release/acquire: each location has a history of messages, and each thread a view of how far it has seen each history.
//
// Purpose: the C++ memory model without consume, near enough. A load may read any message that its thread's view does not rule out; an acquiring
// load takes over the view that the message carries; a releasing store's message carries its thread's view, a relaxed one's only itself.
// A read-modify-write reads the newest message and continues its release sequence. Sequentially consistent accesses respect, per location, the
// last sequentially consistent store as well: enough for store buffering to be forbidden with seq_cst and allowed with release and acquire.
//
// Known strengthening: modification order is append-only (a store never slips in before an existing one), and there are no load buffering
// results (loads happen in program order). Out of reach of the model are therefore executions that need either.
//
// Invariant: messages that no thread can read any more are dropped and the rest renumbered, so that states merge; index 0 is the oldest kept.
// Source: views as in Kang, Hur, Lahav, Vafeiadis, Dreyer 2017, "A promising semantics for relaxed-memory concurrency", without promises.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "core/exploration/choice.hpp"

namespace tricolour::exploration {

template <class Value, unsigned most_locations, unsigned most_threads>
class ReleaseAcquireMemory {
 public:
  static constexpr const char* name = "ra";

  void reset(unsigned locations, unsigned threads) {
    locations_ = locations;
    threads_ = threads;
  }
  /// As if everybody had seen it.
  void set(unsigned location, Value value) {
    append(0, location, value, std::memory_order_relaxed, View{});
    drop(location, static_cast<std::uint8_t>(histories_[location].size - 1));
  }
  Value newest(unsigned location) const { return histories_[location].last().value; }

  /// What a read-modify-write of `thread` would read.
  Value latest(unsigned, unsigned location) const { return newest(location); }
  Value load(unsigned thread, unsigned location, std::memory_order order, Choice& choice) {
    const History& history = histories_[location];
    unsigned oldest = views_[thread].at[location];
    if (order == std::memory_order_seq_cst) oldest = std::max<unsigned>(oldest, ordered_.at[location]);
    return read(thread, location, oldest + choice.among(history.size - oldest), order);
  }
  void store(unsigned thread, unsigned location, Value value, std::memory_order order) { append(thread, location, value, order, View{}); }
  bool can_store(unsigned) const { return true; }
  Value exchange(unsigned thread, unsigned location, Value value, std::memory_order order) {
    const View continued = carried(location, histories_[location].size - 1u);
    const Value seen = read(thread, location, histories_[location].size - 1u, order);
    append(thread, location, value, order, continued);
    return seen;
  }
  /// What was read; `value` is stored if that was `expected`. A failing one may read an old message.
  Value compare_exchange(unsigned thread, unsigned location, Value expected, Value value, std::memory_order success,
                         std::memory_order failure, Choice& choice) {
    const History& history = histories_[location];
    unsigned oldest = views_[thread].at[location];
    if (failure == std::memory_order_seq_cst) oldest = std::max<unsigned>(oldest, ordered_.at[location]);
    std::array<unsigned, most_messages> readable;
    unsigned alternatives = 0;
    for (unsigned i = oldest; i < history.size; ++i) {
      if (i + 1u == history.size || history.messages[i].value != expected) readable[alternatives++] = i;
    }
    const unsigned index = readable[choice.among(alternatives)];
    if (history.messages[index].value != expected) return read(thread, location, index, failure);
    return exchange(thread, location, value, success);
  }

  /// A stop of every thread orders all before it before all after it: one message per location is left.
  void synchronise_all() {
    for (unsigned i = 0; i < locations_; ++i) histories_[i] = {.messages = {Message{.value = newest(i)}}};
    for (unsigned i = 0; i < threads_; ++i) views_[i] = View{};
    sent_ = {};
    ordered_ = {};
  }
  void synchronise(unsigned one, unsigned other) {
    views_[one].join(views_[other]);
    views_[other] = views_[one];
    prune();
  }
  /// The thread is not there: it holds no message back.
  void retire(unsigned thread) {
    retired_[thread] = true;
    views_[thread] = {};
    prune();
  }
  /// The thread is there, and has seen what `parent` has.
  void start(unsigned thread, unsigned parent) {
    retired_[thread] = false;
    views_[thread] = views_[parent];
  }
  /// Through a container: what the sender has seen is seen by whoever takes from `channel`.
  void send(unsigned thread, unsigned channel) { sent_[channel].join(views_[thread]); }
  void receive(unsigned thread, unsigned channel) {
    views_[thread].join(sent_[channel]);
    prune();
  }
  /// Every thread sees the same.
  bool settled() const {
    for (unsigned i = 0; i < locations_; ++i) {
      if (histories_[i].size > 1) return false;
    }
    return true;
  }
  void swap_threads(unsigned one, unsigned other) {
    std::swap(views_[one], views_[other]);
    std::swap(retired_[one], retired_[other]);
  }
  bool can_drain(unsigned) const { return false; }
  unsigned drain(unsigned) { return 0; }
  template <class Each>
  void for_each_buffered(unsigned, Each) const {}

  template <class Archive>
  void transfer(Archive& archive) {
    for (unsigned i = 0; i < locations_; ++i) {
      History& history = histories_[i];
      archive(history.size);
      for (unsigned k = 0; k < history.size; ++k) {
        archive(history.messages[k].value);
        transfer(archive, history.messages[k].carried);
      }
    }
    for (unsigned i = 0; i < threads_; ++i) transfer(archive, views_[i]);
    for (View& view : sent_) transfer(archive, view);
    transfer(archive, ordered_);
    for (unsigned i = 0; i < threads_; ++i) archive(retired_[i]);
  }

 private:
  static constexpr unsigned most_messages = 8;
  static constexpr unsigned channels = 8;

  /// Per location the index of the oldest message that may still be read.
  struct View {
    std::array<std::uint8_t, most_locations> at{};
    void join(const View& other) {
      for (unsigned i = 0; i < most_locations; ++i) at[i] = std::max(at[i], other.at[i]);
    }
  };
  struct Message {
    Value value{};
    View carried{};
  };
  struct History {
    std::array<Message, most_messages> messages{};
    std::uint8_t size = 1;
    const Message& last() const { return messages[size - 1u]; }
  };

  static bool releases(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
  }
  static bool acquires(std::memory_order order) {
    return order == std::memory_order_acquire || order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
  }

  View carried(unsigned location, unsigned index) const { return histories_[location].messages[index].carried; }

  Value read(unsigned thread, unsigned location, unsigned index, std::memory_order order) {
    const Value value = histories_[location].messages[index].value;
    View& view = views_[thread];
    view.at[location] = std::max(view.at[location], static_cast<std::uint8_t>(index));
    if (acquires(order)) view.join(carried(location, index));
    prune();
    return value;
  }

  void append(unsigned thread, unsigned location, Value value, std::memory_order order, const View& continued) {
    History& history = histories_[location];
    if (history.size == most_messages) throw std::length_error("a location's history is longer than the model of release/acquire holds");
    const auto index = static_cast<std::uint8_t>(history.size++);
    views_[thread].at[location] = index;
    Message& message = history.messages[index];
    message = {.value = value, .carried = continued};
    message.carried.at[location] = index;
    if (releases(order)) message.carried.join(views_[thread]);
    if (order == std::memory_order_seq_cst) ordered_.at[location] = index;
    prune();
  }

  /// Drops what every thread has moved past.
  void prune() {
    for (unsigned i = 0; i < locations_; ++i) {
      std::uint8_t oldest = static_cast<std::uint8_t>(histories_[i].size - 1);
      for (unsigned t = 0; t < threads_; ++t) {
        if (!retired_[t]) oldest = std::min(oldest, views_[t].at[i]);
      }
      if (oldest != 0) drop(i, oldest);
    }
  }

  void drop(unsigned location, std::uint8_t count) {
    History& history = histories_[location];
    history.size = static_cast<std::uint8_t>(history.size - count);
    std::copy_n(history.messages.begin() + count, history.size, history.messages.begin());
    const auto renumber = [&](View& view) { view.at[location] = static_cast<std::uint8_t>(std::max(0, view.at[location] - count)); };
    for (unsigned i = 0; i < locations_; ++i) {
      for (unsigned k = 0; k < histories_[i].size; ++k) renumber(histories_[i].messages[k].carried);
    }
    for (unsigned t = 0; t < threads_; ++t) renumber(views_[t]);
    for (View& view : sent_) renumber(view);
    renumber(ordered_);
  }

  template <class Archive>
  void transfer(Archive& archive, View& view) {
    for (unsigned i = 0; i < locations_; ++i) archive(view.at[i]);
  }

  std::array<History, most_locations> histories_{};
  std::array<View, most_threads> views_{};
  std::array<View, channels> sent_{};
  View ordered_{};
  std::array<bool, most_threads> retired_{};
  unsigned locations_ = 0;
  unsigned threads_ = 0;
};

}  // namespace tricolour::exploration
