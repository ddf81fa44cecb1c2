// The examination: what every barrier must do, whatever its name, as its traits promise it.
//
// Purpose: runs a barrier's own source in a small environment that records every action in order,
// over every combination of marking, own roots scanned or not, source black or not (grey to a
// load), old and new value null, white or black, and slot logged or not; each in every slot of a
// source of one to three slots. It states what is wrong in words.
//
// Source: the invariants are Pirinen 1998, "Barrier techniques for incremental tracing".
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/barrier/barrier.hpp"

namespace tricolour {

enum class Action : std::uint8_t {
  asked_marking,
  asked_scanned,
  loaded,
  asked_white,
  asked_black,
  asked_grey,
  shaded,
  regreyed,
  dirtied,
  asked_logged,
  tried_log,
  wrote,
  rescanned
};

/// As a barrier sees it: `lost` is what another thread logged between its look and its try.
enum class Logged : std::uint8_t { no, lost, yes };

struct Cell;
struct Field {
  Cell* value = nullptr;
};
/// As an object: its slots have neighbours.
struct Cell {
  static constexpr unsigned most_slots = 3;
  bool white = true;
  unsigned slot_count = 0;
  std::array<Field, most_slots> fields{};
  Field* slots() { return fields.data(); }
};

/// One store's circumstances.
struct Situation {
  bool marking;
  bool scanned;
  bool source_black;
  Cell* old_value;
  Cell* new_value;
  Logged logged = Logged::no;
};

/// The environment: it does what the real one does to colours, and writes down what it was asked.
class Recorder {
 public:
  using Reference = Cell*;
  using SlotReference = Field&;
  struct Entry {
    Action action;
    Cell* subject;
  };

  explicit Recorder(const Situation& situation) : situation_(situation) {}
  bool marking() { return note(Action::asked_marking, nullptr, situation_.marking); }
  bool roots_scanned() { return note(Action::asked_scanned, nullptr, situation_.scanned); }
  /// Inside `for_each_slot` and behind the store it is a look at what the source holds now.
  Cell* load(Field& field) {
    const bool rescans = visits_ && writes > 0;
    return note(rescans ? Action::rescanned : Action::loaded, field.value, field.value);
  }
  /// The field stored into is the second of the source's three.
  template <std::invocable<Field&> Work>
  void for_each_slot(Cell*, Field& field, Work work) {
    visits_ = true;
    for (Field* const each : {&first_, &field, &last_}) work(*each);
    visits_ = false;
  }
  bool is_white(Cell* cell) {
    return note(Action::asked_white, cell, cell != nullptr && cell->white);
  }
  bool is_black(Cell* source, Field&) {
    return note(Action::asked_black, source, situation_.source_black);
  }
  bool is_grey(Cell* source, Field&) {
    return note(Action::asked_grey, source, !situation_.source_black);
  }
  void mark_card(Cell* source, Field&) { note(Action::dirtied, source, 0); }
  bool is_logged(Field&) {
    return note(Action::asked_logged, nullptr, situation_.logged == Logged::yes);
  }
  bool try_log(Field&) { return note(Action::tried_log, nullptr, situation_.logged == Logged::no); }
  void regrey(Cell* source, Field&) { note(Action::regreyed, source, 0); }
  void shade(Cell* cell) {
    if (cell == nullptr || !cell->white) return;
    note(Action::shaded, cell, 0);
    cell->white = false;
  }
  int write(Field& field, Cell* value, std::memory_order order) {
    orders.push_back(order);
    field.value = value;
    return note(Action::wrote, value, ++writes);
  }

  /// Position in the record, if it is there.
  std::optional<std::size_t> find(Action action) const {
    const auto at = std::ranges::find(record, action, &Entry::action);
    return at == record.end() ? std::nullopt
                              : std::optional(static_cast<std::size_t>(at - record.begin()));
  }
  bool has(Action action) const { return find(action).has_value(); }

  std::vector<Entry> record;
  std::vector<std::memory_order> orders;
  int writes = 0;

 private:
  template <class T>
  T note(Action action, Cell* subject, T answer) {
    record.push_back({action, subject});
    return answer;
  }
  Situation situation_;
  Cell first_cell_;
  Cell last_cell_;
  Field first_{&first_cell_};
  Field last_{&last_cell_};
  bool visits_ = false;
};
static_assert(EnvironmentOfBarriers<Recorder>);

/// What is wrong with barrier B; empty when nothing is.
template <Barrier B>
class Examination {
 public:
  std::set<std::string> operator()() {
    for (slots_ = 1; slots_ <= Cell::most_slots; ++slots_) {
      for (index_ = 0; index_ < slots_; ++index_) examine_slot();
    }
    examine_traits();
    return faults_;
  }

 private:
  static constexpr BarrierTraits traits = B::traits;

  void examine_slot() {
    for (const bool marking : {false, true}) {
      for (const bool scanned : {false, true}) {
        for (const bool source_black : {false, true}) {
          for (const int old_value : {0, 1, 2}) {
            if constexpr (traits.guards_loads)
              examine_load(marking, scanned, source_black, old_value);
            for (const int new_value : {0, 1, 2}) {
              for (const Logged logged : {Logged::no, Logged::lost, Logged::yes}) {
                examine(marking, scanned, source_black, old_value, new_value, logged);
              }
            }
          }
        }
      }
    }
  }

  /// The slot of `source` that is examined now holds `value`, the others `neighbour`.
  Field& fill_slots(Cell& source, Cell* value, Cell& neighbour) {
    source.white = false;
    source.slot_count = slots_;
    for (unsigned i = 0; i < slots_; ++i) source.fields[i].value = &neighbour;
    source.fields[index_].value = value;
    return source.fields[index_];
  }

  /// Values: 0 null, 1 white, 2 black.
  void examine(bool marking, bool scanned, bool source_black, int old_value, int new_value,
               Logged logged) {
    Cell source, neighbour;
    Cell old_cell{.white = old_value == 1};
    Cell new_cell{.white = new_value == 1};
    const Situation situation{marking,
                              scanned,
                              source_black,
                              old_value == 0 ? nullptr : &old_cell,
                              new_value == 0 ? nullptr : &new_cell,
                              logged};
    Field& field = fill_slots(source, situation.old_value, neighbour);
    Recorder m(situation);
    const int result = B::store(
        m, &source, field, situation.new_value,
        [&](std::memory_order order) { return m.write(field, situation.new_value, order); });
    examine_write(m, result);
    if (!traits.guards_loads) examine_flag(m, situation);
    if (marking) {
      examine_deletion(m, situation);
      examine_insertion(m, situation);
    }
    examine_looks(m);
    const bool acts = m.has(Action::shaded) || m.has(Action::regreyed);
    if (m.has(Action::asked_black)) (source_black ? acts_on_black_ : acts_on_others_) |= acts;
  }

  /// What a load hands out is not white, whatever the field holds.
  void examine_load(bool marking, bool scanned, bool source_black, int value) {
    Cell source, neighbour;
    Cell cell{.white = value == 1};
    const Situation situation{marking, scanned, source_black, value == 0 ? nullptr : &cell,
                              nullptr};
    Field& field = fill_slots(source, situation.old_value, neighbour);
    Recorder m(situation);
    Cell* const loaded = B::load(m, &source, field);
    require(loaded == situation.old_value, "a load does not return what the slot holds");
    examine_flag(m, situation);
    if (!marking) return;
    const bool from_grey = !source_black && loaded != nullptr;
    require(!from_grey || !loaded->white, "a white object is handed out");
    asks_grey_ = asks_grey_ || m.has(Action::asked_grey);
    require(!m.has(Action::asked_grey) || m.find(Action::asked_grey) < m.find(Action::loaded),
            "the source's colour is looked at after the load");
    require(!m.has(Action::shaded) || !source_black,
            "what is loaded from a black object is shaded");
  }

  void examine_write(const Recorder& m, int result) {
    require(m.writes == 1, "the store is not made exactly once");
    require(result == m.writes, "the result of the write is not returned");
    require(std::ranges::all_of(m.orders,
                                [](auto order) {
                                  return order == std::memory_order_release ||
                                         order == std::memory_order_seq_cst;
                                }),
            "the store is neither release nor sequentially consistent");
  }

  void examine_flag(const Recorder& m, const Situation& situation) {
    require(traits.has_flag == m.has(Action::asked_marking),
            "traits.has_flag is not what the barrier does");
    const std::size_t first =
        traits.side_table == SideTable::cards ? 1 : 0;  // a card is dirtied behind the store
    require(!traits.has_flag || m.find(Action::asked_marking) == first,
            "something is done before the flag is tested");
    if (situation.marking) return;
    require(!m.has(Action::shaded) && !m.has(Action::regreyed) && !m.has(Action::dirtied),
            "something is shaded while nothing is marked");
    require(!traits.has_flag || m.record.size() == 2,
            "more than the flag test and the store while nothing is marked");
  }

  void examine_deletion(const Recorder& m, const Situation& situation) {
    const bool asked_late =
        m.has(Action::asked_black) && m.find(Action::asked_black) > m.find(Action::wrote);
    require(traits.black_means != BlackMeans::completed || !asked_late,
            "whether the scan has completed is asked after the store");
    require(!m.has(Action::loaded) || m.find(Action::loaded) < m.find(Action::wrote),
            "the old value is read after the store");
    require(!m.has(Action::tried_log) || m.find(Action::loaded) < m.find(Action::tried_log),
            "the old value is read after the bit was won");
    logs_ = logs_ || m.has(Action::tried_log);
    const bool left_to_another =
        traits.side_table == SideTable::log_bits && situation.logged != Logged::no;
    const bool deletes_unscanned =
        situation.old_value != nullptr && !situation.source_black && !left_to_another;
    if (traits.invariant == Invariant::weak && deletes_unscanned) {
      const std::string when = situation.new_value == nullptr ? " by a null store" : "";
      require(!situation.old_value->white, "a white object is deleted from the snapshot" + when);
    }
  }

  void examine_insertion(const Recorder& m, const Situation& situation) {
    const bool inserts_white =
        situation.new_value != nullptr && situation.new_value->white;  // still, after the barrier
    // Under a read barrier mutators hold nothing white that they could insert.
    if (traits.invariant == Invariant::strong && !traits.guards_loads && situation.source_black) {
      require(!inserts_white || m.has(Action::regreyed) || m.has(Action::dirtied),
              "a black object refers to a white one");
    }
    if (traits.ragged_safe && !situation.scanned)
      require(!inserts_white, "an unscanned mutator hides a white object in the heap");
    require(!m.has(Action::dirtied) || m.find(Action::wrote) < m.find(Action::dirtied),
            "the card is dirtied before the store");
    dirties_ = dirties_ || m.has(Action::dirtied);
    regreys_ = regreys_ || m.has(Action::regreyed);
    require(traits.keeps_an_invariant() || !m.has(Action::shaded),
            "a barrier without an invariant shades");
  }

  void examine_looks(const Recorder& m) {
    asks_black_ = asks_black_ || m.has(Action::asked_black);
    if (traits.invariant != Invariant::strong || !m.has(Action::asked_black)) return;
    require(m.find(Action::wrote) < m.find(Action::asked_black),
            "the source's colour is looked at before the store");
    require(m.orders.front() == std::memory_order_seq_cst,
            "no store-load order between the store and the look at the source's colour");
  }

  void examine_traits() {
    require((traits.side_table == SideTable::cards) == dirties_,
            "traits.side_table is not what the barrier dirties");
    require((traits.side_table == SideTable::log_bits) == logs_,
            "traits.side_table is not what the barrier logs in");
    require(traits.regreys == regreys_, "traits.regreys is not what the barrier does");
    require((traits.black_means != BlackMeans::marked) == (asks_black_ || asks_grey_),
            "traits.black_means is not what the barrier does");
    require(traits.black_means == BlackMeans::started || !acts_on_black_,
            "black objects are acted on, so black has to mean started");
    require(traits.black_means == BlackMeans::completed || !(acts_on_others_ || asks_grey_),
            "black objects are skipped, so black has to mean completed");
    require(!traits.sound_with_white_allocation || traits.invariant == Invariant::strong,
            "white allocation without the strong invariant");
    require(traits.allocation == AllocationColour::black || traits.sound_with_white_allocation,
            "the allocation colour is not a sound one");
    require((traits.invariant == Invariant::none) == (traits.mutators == MutatorColour::none),
            "invariant and mutators' colour disagree");
    require(traits.has_flag ||
                traits.catalogue.idle_instructions + traits.catalogue.idle_load_instructions == 0,
            "instructions for a flag that is not tested");
    require(!traits.name.empty() && !traits.catalogue.summary.empty() &&
                !traits.catalogue.source.empty(),
            "name, summary or source is missing");
  }

  void require(bool holds, const std::string& fault) {
    if (!holds) faults_.insert(fault);
  }

  std::set<std::string> faults_;
  unsigned slots_ = 1;  ///< of the source
  unsigned index_ = 0;  ///< of the slot that is stored into, or loaded
  bool regreys_ = false;
  bool asks_black_ = false;
  bool asks_grey_ = false;
  bool dirties_ = false;
  bool logs_ = false;
  bool acts_on_black_ = false;
  bool acts_on_others_ = false;
};

}  // namespace tricolour
