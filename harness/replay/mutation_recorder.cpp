#include "harness/replay/mutation_recorder.hpp"

#include <utility>

#include "core/errors.hpp"

namespace tricolour {

void MutationRecorder::mutator_started(MutatorContext& mutator) {
  if (mutator_ == nullptr) {
    mutator_ = &mutator;
  } else {
    another_.store(true, std::memory_order_relaxed);
  }
}

void MutationRecorder::check_alone() const {
  if (another_.load(std::memory_order_relaxed)) {
    throw ConfigurationError(
        "a mutation trace is one mutator's, and the workload has started another");
  }
}

std::uint64_t MutationRecorder::distance(const Object* object) {
  return object == nullptr ? 0 : summary_.objects - serials_.of(object) + 1;
}

void MutationRecorder::allocated(Object* object) {
  if (ended_) return;
  check_alone();
  write_pending();
  write_roots();
  pending_ = object;
}

void MutationRecorder::write_pending() {
  if (pending_ == nullptr) return;
  const Object* const object = std::exchange(pending_, nullptr);
  if (object == heap_.globals()) {
    trace_.record(Mutation::allocate_globals, {object->slot_count()});
  } else {
    trace_.record(Mutation::allocate, {object->slot_count(), object->granules()});
  }
  serials_.of(object) = ++summary_.objects;
  summary_.bytes += object->bytes();
  if (in_region_) summary_.region_bytes += object->bytes();
}

void MutationRecorder::write_roots() {
  const auto handles = mutator_->roots.handles();
  if (handles.size() < roots_.size()) {
    trace_.record(Mutation::pop_roots, {handles.size()});
    roots_.resize(handles.size());
  }
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const std::uint64_t serial = serials_.serial(handles[i]);
    if (i == roots_.size()) {
      trace_.record(Mutation::push_root, {distance(handles[i])});
      roots_.push_back(serial);
    } else if (serial != roots_[i]) {
      trace_.record(Mutation::set_root, {roots_.size() - 1 - i, distance(handles[i])});
      roots_[i] = serial;
    }
  }
}

void MutationRecorder::loaded(Object* source, const Slot& slot) {
  if (ended_) return;
  check_alone();
  write_pending();
  trace_.record(Mutation::load,
                {distance(source), static_cast<std::uint64_t>(&slot - source->slots())});
}

void MutationRecorder::stored(Object* source, const Slot& slot, Object* value) {
  if (ended_) return;
  check_alone();
  write_pending();
  trace_.record(
      Mutation::store,
      {distance(source), static_cast<std::uint64_t>(&slot - source->slots()), distance(value)});
}

void MutationRecorder::region_begins() {
  check_alone();
  write_pending();
  trace_.record(Mutation::begin_region, {});
  in_region_ = true;
}

void MutationRecorder::region_ends() {
  check_alone();
  write_pending();
  write_roots();
  ended_ = true;
  summary_.graph = digest_graph(heap_, *mutator_, serials_).checksum;
  summary_.records = trace_.records();
  trace_.finish(summary_);
}

}  // namespace tricolour
