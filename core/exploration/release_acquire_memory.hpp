// Release/acquire: each location has a history of messages, and each thread a view of how far it
// has seen each history.
//
// Purpose: the C++ memory model without consume, near enough. A load may read any message that its
// thread's view does not rule out; an acquiring load takes over the view that the message carries;
// a releasing store's message carries its thread's view, a relaxed one's only itself. A
// read-modify-write reads the newest message and continues its release sequence.
//
// Sequentially consistent accesses. The standard asks for one order of them all in which A is
// before B if A comes before B in a thread, or happens strongly before it, or is coherence-ordered
// before it. It need not be the order in which they are executed: a load may read an old message,
// and is then before accesses that were executed earlier. So what is kept is which accesses are
// before which, again as views: a view's `ordered` part says, per location, the newest message that
// was accessed by a sequentially consistent access that is before. An order exists as long as no
// access is before itself: a load may not read a message older than that.
//
// Known strengthening: modification order is append-only (a store never slips in before an existing
// one), and there are no load buffering results (loads happen in program order). Out of reach of
// the model are therefore executions that need either.
//
// Invariant: messages that no thread can read any more are dropped and the rest renumbered, so that
// states merge; index 0 is the oldest kept. Source: views as in Kang, Hur, Lahav, Vafeiadis, Dreyer
// 2017, "A promising semantics for relaxed-memory concurrency", without promises; the order as in
// C++20, [atomics.order].
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
  /// As if every thread had seen it.
  void set(unsigned location, Value value) {
    append(0, location, value, std::memory_order_relaxed, View{});
    drop(location, static_cast<std::uint8_t>(histories_[location].size - 1));
  }
  Value newest(unsigned location) const { return histories_[location].last().value; }
  Value arriving(unsigned location) const { return newest(location); }

  /// What a read-modify-write of `thread` would read.
  Value latest(unsigned, unsigned location) const { return newest(location); }
  Value load(unsigned thread, unsigned location, std::memory_order order, Choice& choice) {
    const unsigned oldest = oldest_readable(thread, location, order);
    const unsigned index = oldest + choice.among(histories_[location].size - oldest);
    const Value value = read(thread, location, index, order);
    prune();
    return value;
  }
  void store(unsigned thread, unsigned location, Value value, std::memory_order order) {
    append(thread, location, value, order, View{});
    if (order == std::memory_order_seq_cst) order_write(thread, location, views_[thread].ordered);
    prune();
  }
  bool can_store(unsigned) const { return true; }
  Value exchange(unsigned thread, unsigned location, Value value, std::memory_order order) {
    const unsigned newest = histories_[location].size - 1u;
    const View continued = histories_[location].messages[newest].carried;
    const LocationView before = views_[thread].ordered;
    const Value seen = read(thread, location, newest,
                            order == std::memory_order_seq_cst ? std::memory_order_acq_rel : order);
    append(thread, location, value, order, continued);
    if (order == std::memory_order_seq_cst) order_write(thread, location, before);
    prune();
    return seen;
  }
  /// What was read; `value` is stored if that was `expected`. A failing one may read an old
  /// message.
  Value compare_exchange(unsigned thread, unsigned location, Value expected, Value value,
                         std::memory_order success, std::memory_order failure, Choice& choice) {
    const History& history = histories_[location];
    std::array<unsigned, most_messages> readable;
    unsigned alternatives = 0;
    for (unsigned i = oldest_readable(thread, location, failure); i < history.size; ++i) {
      if (i + 1u == history.size || history.messages[i].value != expected)
        readable[alternatives++] = i;
    }
    const unsigned index = readable[choice.among(alternatives)];
    if (history.messages[index].value == expected)
      return exchange(thread, location, value, success);
    const Value seen = read(thread, location, index, failure);
    prune();
    return seen;
  }

  /// A stop of every thread orders all before it before all after it: one message per location is
  /// left.
  void synchronise_all() {
    for (unsigned i = 0; i < locations_; ++i) histories_[i] = History(newest(i));
    for (unsigned i = 0; i < threads_; ++i) views_[i] = View{};
    sent_ = {};
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
  /// Through a container: what the sender has seen is seen by the thread that takes from `channel`.
  void send(unsigned thread, unsigned channel) { sent_[channel].join(views_[thread]); }
  void receive(unsigned thread, unsigned channel) {
    views_[thread].join(sent_[channel]);
    prune();
  }
  bool has_seen_newest(unsigned thread, unsigned location) const {
    return views_[thread].seen.at[location] + 1u == histories_[location].size;
  }
  /// Without what the message carries.
  void see_newest(unsigned thread, unsigned location) {
    if (retired_[thread]) return;
    views_[thread].seen.at[location] = static_cast<std::uint8_t>(histories_[location].size - 1);
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
        Message& message = history.messages[k];
        archive(message.value);
        transfer(archive, message.carried);
        transfer(archive, message.ordered_writes);
        transfer(archive, message.ordered_reads);
      }
    }
    for (unsigned i = 0; i < threads_; ++i) transfer(archive, views_[i]);
    for (View& view : sent_) transfer(archive, view);
    for (unsigned i = 0; i < threads_; ++i) archive(retired_[i]);
  }

 private:
  static constexpr unsigned most_messages = 48;
  static constexpr unsigned channels = 8;

  /// Per location the index of a message.
  struct LocationView {
    std::array<std::uint8_t, most_locations> at;
    void join(const LocationView& other) {
      for (unsigned i = 0; i < most_locations; ++i) at[i] = std::max(at[i], other.at[i]);
    }
  };
  struct View {
    LocationView seen;     ///< the oldest that may still be read
    LocationView ordered;  ///< the newest that a sequentially consistent access before this
                           ///< accessed; 0: none, or one that is before all that may come
    void join(const View& other) {
      seen.join(other.seen);
      ordered.join(other.ordered);
    }
  };
  struct Message {
    Value value;
    View carried;
    LocationView ordered_writes;  ///< what is before the sequentially consistent access that wrote
                                  ///< this, and itself
    LocationView ordered_reads;   ///< the same of those that read it
  };
  /// Copying copies the messages that there are: most histories are short.
  struct History {
    std::array<Message, most_messages> messages;
    std::uint8_t size = 1;

    explicit History(Value first = Value{}) {
      messages[0] =
          Message{.value = first, .carried = {}, .ordered_writes = {}, .ordered_reads = {}};
    }
    History(const History& other) { *this = other; }
    History& operator=(const History& other) {
      size = other.size;
      std::copy_n(other.messages.begin(), size, messages.begin());
      return *this;
    }
    const Message& last() const { return messages[size - 1u]; }
  };

  static bool releases(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
  }
  static bool acquires(std::memory_order order) {
    return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
  }

  unsigned oldest_readable(unsigned thread, unsigned location, std::memory_order order) const {
    const View& view = views_[thread];
    const unsigned oldest = view.seen.at[location];
    return order == std::memory_order_seq_cst
               ? std::max<unsigned>(oldest, view.ordered.at[location])
               : oldest;
  }

  Value read(unsigned thread, unsigned location, unsigned index, std::memory_order order) {
    // First: the read itself does not come after what only its thread's later accesses do.
    if (order == std::memory_order_seq_cst) order_read(thread, location, index);
    const Message& message = histories_[location].messages[index];
    View& view = views_[thread];
    view.seen.at[location] = std::max(view.seen.at[location], static_cast<std::uint8_t>(index));
    if (acquires(order)) view.join(message.carried);
    return message.value;
  }

  void append(unsigned thread, unsigned location, Value value, std::memory_order order,
              const View& continued) {
    History& history = histories_[location];
    if (history.size == most_messages)
      throw std::length_error(
          "a location's history is longer than the model of release/acquire holds");
    const auto index = static_cast<std::uint8_t>(history.size++);
    views_[thread].seen.at[location] = index;
    Message& message = history.messages[index];
    message = {.value = value, .carried = continued, .ordered_writes = {}, .ordered_reads = {}};
    message.carried.seen.at[location] = index;
    if (releases(order)) message.carried.join(views_[thread]);
  }

  /// What is coherence-ordered before an access to the message: writes of it and older ones, and
  /// reads of older ones.
  LocationView ordered_before(unsigned location, unsigned index) const {
    const History& history = histories_[location];
    LocationView before = history.messages[index].ordered_writes;
    for (unsigned i = 0; i < index; ++i) {
      before.join(history.messages[i].ordered_writes);
      before.join(history.messages[i].ordered_reads);
    }
    return before;
  }

  /// A sequentially consistent load. Those that accessed newer messages already, and all after
  /// them, are after it.
  void order_read(unsigned thread, unsigned location, unsigned index) {
    LocationView self = ordered_before(location, index);
    self.join(views_[thread].ordered);
    self.at[location] = std::max(self.at[location], static_cast<std::uint8_t>(index));
    for_each_ordered([&](LocationView& view) {
      if (view.at[location] > index) view.join(self);
    });
    histories_[location].messages[index].ordered_reads.join(self);
    views_[thread].ordered.join(self);
  }

  /// A sequentially consistent store of the newest message. `before`: what was ordered before its
  /// thread's access.
  void order_write(unsigned thread, unsigned location, const LocationView& before) {
    const unsigned index = histories_[location].size - 1u;
    LocationView self = ordered_before(location, index);
    self.join(before);
    self.at[location] = static_cast<std::uint8_t>(index);
    histories_[location].messages[index].ordered_writes = self;
    views_[thread].ordered.join(self);
  }

  template <class Each>
  void for_each_ordered(Each each) {
    for (unsigned i = 0; i < locations_; ++i) {
      for (unsigned k = 0; k < histories_[i].size; ++k) {
        Message& message = histories_[i].messages[k];
        each(message.carried.ordered);
        each(message.ordered_writes);
        each(message.ordered_reads);
      }
    }
    for (unsigned t = 0; t < threads_; ++t) each(views_[t].ordered);
    for (View& view : sent_) each(view.ordered);
  }

  /// Drops what every thread has moved past.
  void prune() {
    for (unsigned i = 0; i < locations_; ++i) {
      std::uint8_t oldest = static_cast<std::uint8_t>(histories_[i].size - 1);
      for (unsigned t = 0; t < threads_; ++t) {
        if (!retired_[t]) oldest = std::min(oldest, views_[t].seen.at[i]);
      }
      if (oldest != 0) drop(i, oldest);
    }
  }

  void drop(unsigned location, std::uint8_t count) {
    History& history = histories_[location];
    const LocationView before = ordered_before(location, count);
    history.size = static_cast<std::uint8_t>(history.size - count);
    std::copy_n(history.messages.begin() + count, history.size, history.messages.begin());
    history.messages[0].ordered_writes = before;
    const auto renumber = [&](LocationView& view) {
      view.at[location] = static_cast<std::uint8_t>(std::max(0, view.at[location] - count));
    };
    for (unsigned i = 0; i < locations_; ++i) {
      for (unsigned k = 0; k < histories_[i].size; ++k)
        renumber(histories_[i].messages[k].carried.seen);
    }
    for (unsigned t = 0; t < threads_; ++t) renumber(views_[t].seen);
    for (View& view : sent_) renumber(view.seen);
    for_each_ordered(renumber);
  }

  template <class Archive>
  void transfer(Archive& archive, LocationView& view) {
    for (unsigned i = 0; i < locations_; ++i) archive(view.at[i]);
  }
  template <class Archive>
  void transfer(Archive& archive, View& view) {
    transfer(archive, view.seen);
    transfer(archive, view.ordered);
  }

  std::array<History, most_locations> histories_;
  std::array<View, most_threads> views_{};
  std::array<View, channels> sent_{};
  std::array<bool, most_threads> retired_{};
  unsigned locations_ = 0;
  unsigned threads_ = 0;
};

}  // namespace tricolour::exploration
