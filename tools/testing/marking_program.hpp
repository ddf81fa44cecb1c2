// A program of the explorer: the marker's own source traces while mutators run barriers' own
// source.
//
// Purpose: thread 0 runs the scanner (collectors/marking/scanner.hpp) over side metadata; each
// other thread runs a script of loads and stores through a barrier, over the colours of a mutator
// (core/barrier/mutator_colours.hpp). All of it is over the model's atomics. A mutator may hand its
// buffer to the marker, which looks once for each and traces what is there. In the end the world
// stops: what mutators shaded since is traced, and their roots if the barrier asks for that. Then
// every object that can be reached must be marked.
//
// Invariant: object 0 is global, grey from the start and the marker's first item. It has `slots`
// slots; the others have one. An object that is allocated is white, unless the barrier needs black.
//
// Ownership: constant while a search runs; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "collectors/marking/scanner.hpp"
#include "core/barrier/mutator_colours.hpp"
#include "core/exploration/model_object.hpp"
#include "core/exploration/order_search.hpp"

namespace tricolour::exploration {

/// Grey items as a marker's stack or a mutator's buffer holds them: numbers of objects.
class ModelGreyItems {
 public:
  void push(Word object) { items_.at(size_++) = static_cast<std::uint8_t>(object); }
  bool pop(Word& object) {
    if (size_ == 0) return false;
    object = std::exchange(items_[--size_], std::uint8_t{0});
    return true;
  }
  template <class Archive>
  void transfer(Archive& archive) {
    archive(size_);
    for (unsigned i = 0; i < size_; ++i) archive(items_[i]);
  }

 private:
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, 8> items_{};
};

enum class MarkingFault : std::uint8_t { none, lost, unpublished };

struct MarkingRecord {
  static constexpr unsigned roots_of_mutator = 2;
  std::array<ModelGreyItems, most_program_threads> grey{};
  std::array<std::array<std::uint8_t, roots_of_mutator>, most_program_threads> roots{};
  MarkingFault fault = MarkingFault::none;

  template <class Archive>
  void transfer(Archive& archive) {
    for (ModelGreyItems& items : grey) items.transfer(archive);
    for (auto& of_thread : roots) {
      for (std::uint8_t& root : of_thread) archive(root);
    }
    auto number = static_cast<std::uint8_t>(fault);
    archive(number);
    fault = static_cast<MarkingFault>(number);
  }
};

/// The objects of one program and who refers to whom at first. Objects by index.
struct MarkingHeap {
  static constexpr unsigned none = 255;
  unsigned slots = 1;                    ///< of object 0
  std::vector<unsigned> referents = {};  ///< of each object's slot 0; `none`: null
  unsigned unallocated = none;           ///< the object that a script may allocate
  std::vector<std::array<unsigned, MarkingRecord::roots_of_mutator>> roots = {};  ///< by mutator
};

/// What a mutator does next: a step of a script.
struct MutatorStep {
  enum class Kind : std::uint8_t { load, store, drop, allocate, hand_over } kind;
  unsigned root = 0;    ///< where the reference comes from or goes to; `MarkingHeap::none`: null
  unsigned object = 0;  ///< whose slot it is
  unsigned slot = 0;
};

/// The environment of a barrier (core/barrier/barrier.hpp), over the model.
class ModelMutator {
 public:
  using Reference = Object*;
  using SlotReference = Slot&;
  using Colours = BasicMutatorColours<ModelAtomics>;

  ModelMutator(const Colours& colours, const PhaseState& phase, const ModelObjects& objects,
               ModelGreyItems& buffer)
      : colours_(colours), phase_(phase), objects_(objects), buffer_(buffer) {}

  bool marking() const { return true; }
  bool roots_scanned() const { return phase_.roots_scanned; }
  Object* load(Slot& slot) const {
    return ModelAtomics::reference(slot).load(std::memory_order_acquire);
  }
  void shade(Object* object) {
    if (colours_.is_white(object) && colours_.try_shade(object)) push(object);
  }
  bool is_white(Object* object) const { return colours_.is_white(object); }
  bool is_black(Object* source, Slot& slot) const { return colours_.is_black(source, slot); }
  bool is_grey(Object* source, Slot& slot) const {
    return colours_.is_grey(source, slot, phase_.sense.white());
  }
  void regrey(Object* source, Slot& slot) {
    if (colours_.try_regrey(source, slot)) push(source);
  }

 private:
  void push(Object* object) { buffer_.push(objects_.number_of(object)); }
  const Colours& colours_;
  const PhaseState& phase_;
  const ModelObjects& objects_;
  ModelGreyItems& buffer_;
};

/// A barrier and what its black means, as functions.
struct ModelledBarrier {
  BarrierTraits traits;
  void (*store)(ModelMutator&, Object*, Slot&, Object*);
  Object* (*load)(ModelMutator&, Object*, Slot&);
};

template <class B>
constexpr ModelledBarrier modelled() {
  return {.traits = B::traits,
          .store =
              [](ModelMutator& mutator, Object* source, Slot& slot, Object* value) {
                B::store(mutator, source, slot, value, [&](std::memory_order order) {
                  ModelAtomics::reference(slot).store(value, order);
                  return 0;
                });
              },
          .load = [](ModelMutator& mutator, Object* source, Slot& slot) -> Object* {
            if constexpr (B::traits.guards_loads) {
              return B::load(mutator, source, slot);
            } else {
              return mutator.load(slot);
            }
          }};
}

class MarkingProgram {
 public:
  using Record = MarkingRecord;
  using Scripts = std::vector<std::vector<MutatorStep>>;

  MarkingProgram(std::string name, const ModelledBarrier& barrier, const MarkingHeap& heap,
                 Scripts scripts)
      : name_(std::move(name)),
        barrier_(barrier),
        scripts_(std::move(scripts)),
        objects_(std::make_unique<ModelObjects>()) {
    phase_.sense = {.black = 1};
    phase_.marking = true;
    phase_.roots_scanned = barrier.traits.mutators == MutatorColour::black;
    phase_.allocation = barrier.traits.allocation;
    phase_.black_means = barrier.traits.black_means;
    lay_out(heap);
    colours_ = {.metadata = objects_->metadata<ModelAtomics>(),
                .allocated = phase_.allocation_state(),
                .white = phase_.sense.white(),
                .shaded = phase_.shaded_state(),
                .regreyed = grey_state,
                .black = phase_.sense.black};
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return static_cast<unsigned>(scripts_.size()) + 1; }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return record_; }
  Word late_values() const { return 0; }
  bool violated(const Record& record) const { return record.fault != MarkingFault::none; }

  unsigned run(unsigned thread, unsigned operation, Record& record) const {
    try {
      if (thread == 0) {
        if (operation != 0) receive(record.grey[0], operation);
        trace(record.grey[0]);
        return operation + 1 < threads() && hands_over_ ? operation + 1 : through;
      }
      mutate(scripts_[thread - 1][operation], record, thread);
      return operation + 1 < scripts_[thread - 1].size() ? operation + 1 : through;
    } catch (const UnpublishedObject&) {
      record.fault = MarkingFault::unpublished;
      return through;
    }
  }

  /// The end of marking, in a stop.
  void finish(Record& record) const {
    ModelGreyItems grey = record.grey[0];
    for (unsigned thread = 1; thread < threads(); ++thread) {
      for (Word number = 0; record.grey[thread].pop(number);) grey.push(number);
      if (hands_over_) receive(grey, thread);
      if (!barrier_.traits.rescans_roots()) continue;
      ModelMutator mutator(colours_, phase_, *objects_, grey);
      for (const Word root : record.roots[thread]) mutator.shade(objects_->at(root));
    }
    trace(grey);
    if (!all_marked(record)) record.fault = MarkingFault::lost;
  }

 private:
  /// Of the scanner.
  struct Stack {
    void push(GreyItem item) { items.push(objects.number_of(item.object())); }
    bool pop(GreyItem& item) {
      Word number = 0;
      if (!items.pop(number)) return false;
      item = GreyItem(objects.at(number));
      return true;
    }
    ModelGreyItems& items;
    ModelObjects& objects;
  };

  void lay_out(const MarkingHeap& heap) {
    const ModelLocations::Scope scope(locations_);
    for (const auto& script : scripts_) {
      for (const MutatorStep& step : script) {
        hands_over_ |= step.kind == MutatorStep::Kind::hand_over;
      }
    }
    if (hands_over_) mailboxes_ = std::make_unique<Mailboxes>();
    for (unsigned i = 0; i < heap.referents.size(); ++i) {
      const ColourByte state = i == 0 ? phase_.shaded_state() : phase_.sense.white();
      all_.push_back(objects_->add(i == 0 ? heap.slots : 1, state, i != heap.unallocated));
    }
    for (unsigned i = 0; i < all_.size(); ++i) {
      if (heap.referents[i] == MarkingHeap::none) continue;
      ModelObjects::set(all_[i]->slot(0), all_[heap.referents[i]]);
    }
    if (heap.unallocated != MarkingHeap::none) unallocated_ = all_[heap.unallocated];
    record_.grey[0].push(objects_->number_of(all_[0]));
    for (unsigned i = 0; i < heap.roots.size(); ++i) {
      for (unsigned k = 0; k < MarkingRecord::roots_of_mutator; ++k) {
        const unsigned root = heap.roots[i][k];
        if (root != MarkingHeap::none) record_.roots[i + 1][k] = number_of(root);
      }
    }
  }
  std::uint8_t number_of(unsigned index) const {
    return static_cast<std::uint8_t>(objects_->number_of(all_[index]));
  }

  void trace(ModelGreyItems& items) const {
    with_black_means(phase_.black_means, [&]<BlackMeans means>() {
      Stack stack{items, *objects_};
      Scanner<false, means, Stack, ModelAtomics> scanner(colours_.metadata, phase_, 1, stack);
      scanner.trace();
    });
  }

  /// Stands for a packet that is published (release) and popped (acquire): one item.
  void hand_over(ModelGreyItems& buffer, unsigned thread) const {
    Word number = 0;
    if (buffer.pop(number)) mailbox(thread).exchange(number, std::memory_order_release);
  }
  void receive(ModelGreyItems& items, unsigned thread) const {
    const Word number = mailbox(thread).exchange(0, std::memory_order_acquire);
    if (number != 0) items.push(number);
  }
  ModelAtomic<Word>& mailbox(unsigned thread) const { return (*mailboxes_)[thread - 1]; }

  void mutate(const MutatorStep& step, Record& record, unsigned thread) const {
    using enum MutatorStep::Kind;
    ModelMutator mutator(colours_, phase_, *objects_, record.grey[thread]);
    auto& roots = record.roots[thread];
    Object* const object = all_[step.object];
    Object* value = step.root == MarkingHeap::none ? nullptr : objects_->at(roots[step.root]);
    switch (step.kind) {
      case load:
        value = barrier_.load(mutator, object, object->slot(step.slot));
        break;
      case store:
        return barrier_.store(mutator, object, object->slot(step.slot), value);
      case hand_over:
        return this->hand_over(record.grey[thread], thread);
      case drop:
        value = nullptr;
        break;
      case allocate:
        allocate_object();
        value = unallocated_;
        break;
    }
    roots[step.root] = static_cast<std::uint8_t>(objects_->number_of(value));
  }

  /// Relaxed: the store that lets others reach the object publishes it.
  void allocate_object() const {
    ModelPlain(ModelObjects::header_location_of(unallocated_)).store(1);
    colours_.metadata.atomic(colours_.metadata.byte_of(unallocated_))
        .store(colour_byte(unallocated_->granules(), colours_.allocated),
               std::memory_order_relaxed);
  }

  bool all_marked(const Record& record) const {
    std::vector<Object*> reached = {all_[0]};
    const auto reach = [&](Object* object) {
      if (object != nullptr && std::ranges::find(reached, object) == reached.end()) {
        reached.push_back(object);
      }
    };
    for (const auto& roots : record.roots) {
      for (const Word root : roots) reach(objects_->at(root));
    }
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (colours_.is_white(reached[i])) return false;
      for (unsigned slot = 0; slot < reached[i]->slot_count(); ++slot) {
        reach(ModelAtomics::reference(reached[i]->slot(slot)).load(std::memory_order_relaxed));
      }
    }
    return true;
  }

  const std::string name_;
  const ModelledBarrier barrier_;
  const Scripts scripts_;
  using Mailboxes = std::array<ModelAtomic<Word>, most_program_threads - 1>;
  bool hands_over_ = false;
  std::unique_ptr<Mailboxes> mailboxes_;
  PhaseState phase_;
  ModelLocations locations_;
  std::unique_ptr<ModelObjects> objects_;
  std::vector<Object*> all_;
  Object* unallocated_ = nullptr;
  ModelMutator::Colours colours_;
  Record record_;
};

}  // namespace tricolour::exploration
