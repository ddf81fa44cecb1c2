// Atomics, a lock and a condition variable that belong to a model of memory.
//
// Purpose: code that is a template over its atomics runs on these unchanged. The object itself
// stays constant while a search runs: each of its atomics is the number of a location, what the
// location holds is in the searched state, and every access is handed to the step under way.
//
// Ownership: objects over these are made inside a ModelLocations::Scope, and used inside a
// ModelStep::Scope; both belong to one thread.
//
// Memory ordering: whatever the model of memory does with the order that the access states.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <mutex>
#include <source_location>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tricolour::exploration {

/// What a location holds: any integer of 32 bits.
using Word = std::uint32_t;

/// The locations of the objects that are made while a Scope is there, with what they hold at first.
class ModelLocations {
 public:
  unsigned add(Word initial) {
    initial_.push_back(initial);
    return static_cast<unsigned>(initial_.size() - 1);
  }
  void set(unsigned location, Word initial) { initial_[location] = initial; }
  unsigned add_condition() { return conditions_++; }
  const std::vector<Word>& initial() const { return initial_; }

  static ModelLocations& current() {
    if (current_ == nullptr)
      throw std::logic_error("an atomic of a model was made outside a model");
    return *current_;
  }

  class Scope {
   public:
    explicit Scope(ModelLocations& locations) : outer_(std::exchange(current_, &locations)) {}
    ~Scope() { current_ = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    ModelLocations* outer_;
  };

 private:
  static inline thread_local ModelLocations* current_ = nullptr;
  std::vector<Word> initial_;
  unsigned conditions_ = 0;
};

enum class AccessKind : std::uint8_t {
  load,
  store,
  exchange,
  compare_exchange,
  add,
  lock,
  unlock,
  wait,
  wake_up,
  notify_all,
  plain_load,  ///< reads the oldest that its thread may still see
  plain_store,
};
/// Of memory that is not atomic: no other thread accesses it at the same time, so it is no
/// scheduling point.
constexpr bool is_plain(AccessKind kind) { return kind >= AccessKind::plain_load; }

struct Access {
  AccessKind kind;
  unsigned location;
  std::memory_order order;
  std::source_location site;  ///< where the code under test states it
  Word operand = 0;
  Word expected = 0;
  std::memory_order failure = std::memory_order_relaxed;
};

/// Whatever performs the accesses of the code that runs now.
class ModelStep {
 public:
  /// The value that was read, of those that read.
  virtual Word access(const Access& access) = 0;

  static ModelStep& current() {
    if (current_ == nullptr) throw std::logic_error("an atomic of a model was used outside a step");
    return *current_;
  }

  class Scope {
   public:
    explicit Scope(ModelStep& step) : outer_(std::exchange(current_, &step)) {}
    ~Scope() { current_ = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    ModelStep* outer_;
  };

 protected:
  ~ModelStep() = default;

 private:
  static inline thread_local ModelStep* current_ = nullptr;
};

template <class T>
concept ModelValue = std::integral<T> || std::is_enum_v<T>;

/// Stands for std::atomic_ref<T>. The place of each call is its site.
template <ModelValue T>
class ModelReference {
 public:
  using Site = std::source_location;
  explicit ModelReference(unsigned location) : location_(location) {}

  T load(std::memory_order order, Site site = Site::current()) const {
    return value_of(
        make({.kind = AccessKind::load, .location = location_, .order = order, .site = site}));
  }
  void store(T value, std::memory_order order, Site site = Site::current()) {
    make({.kind = AccessKind::store,
          .location = location_,
          .order = order,
          .site = site,
          .operand = word_of(value)});
  }
  T exchange(T value, std::memory_order order, Site site = Site::current()) {
    return value_of(make({.kind = AccessKind::exchange,
                          .location = location_,
                          .order = order,
                          .site = site,
                          .operand = word_of(value)}));
  }
  T fetch_add(T value, std::memory_order order, Site site = Site::current()) {
    return value_of(make({.kind = AccessKind::add,
                          .location = location_,
                          .order = order,
                          .site = site,
                          .operand = word_of(value)}));
  }
  T fetch_sub(T value, std::memory_order order, Site site = Site::current()) {
    return value_of(make({.kind = AccessKind::add,
                          .location = location_,
                          .order = order,
                          .site = site,
                          .operand = Word{0} - word_of(value)}));
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order success,
                               std::memory_order failure, Site site = Site::current()) {
    const T seen = value_of(make({.kind = AccessKind::compare_exchange,
                                  .location = location_,
                                  .order = success,
                                  .site = site,
                                  .operand = word_of(value),
                                  .expected = word_of(expected),
                                  .failure = failure}));
    return std::exchange(expected, seen) == seen;
  }
  /// Never fails spuriously: its callers try again, which adds no behaviour.
  bool compare_exchange_weak(T& expected, T value, std::memory_order success,
                             std::memory_order failure, Site site = Site::current()) {
    return compare_exchange_strong(expected, value, success, failure, site);
  }

 protected:
  static Word word_of(T value) {
    const auto word = static_cast<Word>(value);
    if (value_of(word) != value)
      throw std::range_error("a value does not fit a location of the model");
    return word;
  }

 private:
  static Word make(const Access& access) { return ModelStep::current().access(access); }
  static T value_of(Word word) {
    if constexpr (std::signed_integral<T>) {
      return static_cast<T>(static_cast<std::int32_t>(word));
    } else {
      return static_cast<T>(word);
    }
  }

  const unsigned location_;
};

/// Stands for std::atomic<T>.
template <ModelValue T>
class ModelAtomic : public ModelReference<T> {
 public:
  ModelAtomic(T initial = T{})
      : ModelReference<T>(ModelLocations::current().add(ModelReference<T>::word_of(initial))) {}
  ModelAtomic(const ModelAtomic&) = delete;
  ModelAtomic& operator=(const ModelAtomic&) = delete;
};

/// Memory that is not atomic.
class ModelPlain {
 public:
  using Site = std::source_location;
  explicit ModelPlain(unsigned location) : location_(location) {}

  Word load(Site site = Site::current()) const {
    return ModelStep::current().access({.kind = AccessKind::plain_load,
                                        .location = location_,
                                        .order = std::memory_order_relaxed,
                                        .site = site});
  }
  void store(Word value, Site site = Site::current()) {
    ModelStep::current().access({.kind = AccessKind::plain_store,
                                 .location = location_,
                                 .order = std::memory_order_relaxed,
                                 .site = site,
                                 .operand = value});
  }

 private:
  const unsigned location_;
};

/// Stands for std::mutex. A thread that would block makes no step.
class ModelMutex {
 public:
  ModelMutex() : location_(ModelLocations::current().add(0)) {}
  ModelMutex(const ModelMutex&) = delete;
  ModelMutex& operator=(const ModelMutex&) = delete;
  void lock() { make(AccessKind::lock, std::memory_order_acquire); }
  void unlock() { make(AccessKind::unlock, std::memory_order_release); }

 private:
  friend class ModelConditionVariable;
  void make(AccessKind kind, std::memory_order order, Word operand = 0) const {
    ModelStep::current().access({.kind = kind,
                                 .location = location_,
                                 .order = order,
                                 .site = std::source_location::current(),
                                 .operand = operand});
  }
  const unsigned location_;
};

/// Stands for std::condition_variable, without spurious wake-ups: they could only hide a lost one.
class ModelConditionVariable {
 public:
  ModelConditionVariable() : number_(ModelLocations::current().add_condition()) {}
  ModelConditionVariable(const ModelConditionVariable&) = delete;
  ModelConditionVariable& operator=(const ModelConditionVariable&) = delete;

  /// Unlocks and begins to wait at one moment; later locks again.
  void wait(std::unique_lock<ModelMutex>& lock) {
    lock.mutex()->make(AccessKind::wait, std::memory_order_release, number_);
    lock.mutex()->make(AccessKind::wake_up, std::memory_order_acquire);
  }
  void notify_all() {
    ModelStep::current().access({.kind = AccessKind::notify_all,
                                 .location = 0,
                                 .order = std::memory_order_relaxed,
                                 .site = std::source_location::current(),
                                 .operand = number_});
  }

 private:
  const unsigned number_;
};

}  // namespace tricolour::exploration
