// A random mutator, for tests: every operation of the facade, on objects of every shape, in an
// order that a seed decides.
//
// Purpose: the general adversary. It knows nothing of barriers or collectors. Each object carries a
// serial and a word derived from it, and every object that is loaded is checked, so that even
// without an oracle a freed or torn object is noticed.
//
// Invariant: no raw reference is kept across a safepoint.
#pragma once

#include <random>
#include <stdexcept>
#include <thread>

#include "core/mutator/mutator.hpp"

namespace tricolour {

template <Barrier B>
class RandomMutator {
 public:
  /// Slots of the globals object that mutators share; `make_globals` with this many comes first.
  static constexpr std::uint32_t globals = 16;

  RandomMutator(Mutator<B>& m, std::uint64_t seed, bool has_children = true)
      : m_(m),
        random_(seed),
        has_children_(has_children),
        roots_{Root(m), Root(m), Root(m), Root(m), Root(m), Root(m)},
        array_(m) {}

  /// Throws std::runtime_error when something that was reachable is not what it was.
  void run(int steps) {
    array_ = make(array_slots_for(random_()));
    for (int i = 0; i < steps; ++i) {
      step();
      m_.poll();
    }
  }

 private:
  struct Identity {
    std::uint64_t serial;
    std::uint64_t check;
  };
  static constexpr std::uint64_t mix(std::uint64_t serial) {
    return (serial ^ 0xc0ffee) * 0x9e3779b97f4a7c15u;
  }
  static std::uint32_t array_slots_for(std::uint64_t r) {
    return r % 3 == 0 ? most_whole_slots + 100 : 300;
  }

  void step() {
    switch (random_() % 32) {
      case 0:
        array_ = make(array_slots_for(random_()));
        break;
      case 1:
        any() = nullptr;
        break;
      case 2:
        any() = taken(m_.exchange(globals_object(), random_() % globals, nullptr));
        break;
      case 3:
        m_.store(globals_object(), random_() % globals, any());
        break;
      case 4:
        any() = taken(m_.load(globals_object(), random_() % globals));
        break;
      case 5:
        bulk();
        break;
      case 6:
        m_.blocking([] { std::this_thread::yield(); });
        break;
      case 7:
        swap_by_compare_exchange();
        break;
      case 8:
        if (has_children_ && random_() % 8 == 0) spawn();
        break;
      case 9:
      case 10:
      case 11:
        store_somewhere(nullptr);
        break;
      case 12:
      case 13:
      case 14:
        hide();
        break;
      case 15:
        m_.allocate(0, random_() % 3000);
        break;
      case 16:
      case 17:
      case 18:
      case 19:
      case 20:
        walk();
        break;
      default: {
        Root fresh(m_, make(static_cast<std::uint32_t>(random_() % 6)));
        store_somewhere(fresh);
        if (random_() % 2 == 0) any() = fresh.get();
      }
    }
  }

  Object* make(std::uint32_t slots) {
    Object* const object = m_.allocate(slots, sizeof(Identity));
    const std::uint64_t serial = random_();
    *object->template payload<Identity>() = {serial, mix(serial)};
    return object;
  }

  Object* taken(Object* object) const {
    if (object == nullptr) return nullptr;
    if (!m_.in_heap(object)) throw std::runtime_error("a reference points outside the heap");
    const Identity identity = *object->template payload<Identity>();
    if (identity.check != mix(identity.serial))
      throw std::runtime_error("an object's words are not what was written");
    return object;
  }

  Root& any() { return roots_[random_() % std::size(roots_)]; }
  Object* globals_object() { return m_.globals(); }

  /// A random object that can be reached in a few loads; never null. No safepoint.
  Object* reachable() {
    Object* at = random_() % 3 == 0 ? array_.get() : any().get();
    if (at == nullptr) at = array_;
    for (std::uint64_t hops = random_() % 6; hops > 0 && at->slot_count() > 0; --hops) {
      Object* const next = taken(m_.load(at, random_() % at->slot_count()));
      if (next == nullptr) break;
      at = next;
    }
    return at;
  }

  /// As `reachable`, or the globals, to which no root refers.
  Object* holder() { return random_() % 8 == 0 ? globals_object() : reachable(); }

  void store_somewhere(Object* value) {
    Object* const target = holder();
    if (target->slot_count() == 0) return;
    const std::size_t index = random_() % target->slot_count();
    if (random_() % 4 == 0) {
      m_.exchange(target, index, value);
    } else {
      m_.store(target, index, value);
    }
  }

  void walk() { any() = reachable(); }

  /// Takes the only reference out of one object, and puts it into another that has probably been
  /// scanned.
  void hide() {
    Object* const from = holder();
    if (from->slot_count() == 0) return;
    Root held(m_, taken(m_.exchange(from, random_() % from->slot_count(), nullptr)));
    if (random_() % 4 == 0) m_.poll();
    if (held.get() != nullptr) store_somewhere(held);
  }

  void swap_by_compare_exchange() {
    Object* const target = reachable();
    if (target->slot_count() == 0) return;
    const std::size_t index = random_() % target->slot_count();
    Object* const seen = taken(m_.load(target, index));
    m_.compare_exchange(target, index, random_() % 4 == 0 ? nullptr : seen, any());
  }

  void bulk() {
    const std::size_t length = array_->slot_count();
    const std::size_t count = random_() % (length / 2);
    const std::size_t from = random_() % (length - count);
    const std::size_t to = random_() % (length - count);
    if (random_() % 2 == 0) {
      m_.copy_range(array_, from, array_, to, count);
    } else {
      m_.clear_range(array_, from, count / 8);
    }
  }

  void spawn() {
    Child<B> child(m_, {&any(), &array_});
    const std::uint64_t seed = random_();
    std::string failure;
    std::thread thread([&] {
      try {
        Mutator<B>& m = child.attach();
        RandomMutator grandchild(m, seed, false);
        grandchild.roots_[0] = child.argument(0);
        grandchild.roots_[1] = child.argument(1);
        grandchild.run(50);
      } catch (const std::exception& error) {
        failure = error.what();
      }
      child.end();
    });
    m_.blocking([&] { thread.join(); });
    if (!failure.empty()) throw std::runtime_error(failure);
  }

  Mutator<B>& m_;
  std::mt19937_64 random_;
  const bool has_children_;
  Root roots_[6];
  Root array_;
};

}  // namespace tricolour
