// LRU cache: a hash table of entries in the order of their last use.
//
// Purpose: a large old structure that is mutated by every lookup, young objects stored into old
// ones, and bulk copies. One operation looks up a key: a hit moves its entry to the new end of the
// list; a miss makes an entry with a body and drops the oldest one. After `rehash_every` operations
// the table is copied into one of twice as many chains, and back after as many more.
//
// Keys are drawn evenly from so many that with a full cache the share of hits is `hit_rate`. Sizes
// of bodies are geometric: of each size half as many as of half that size, from 16 bytes on.
//
// Invariant: every entry is in the chain of its key and once in the list; there are `capacity` of
// them. An entry and its body carry the key and a check word.
//
// Nominal, with default parameters: 2 objects and 160 bytes for each miss; 10 reference stores for
// a miss, 6 for a hit, most of them into old objects; nearly all that is young survives its first
// collection; depth grows with the list.
//
// Source: the software caches of servers and of DaCapo's h2 and luindex; sizes as in memcached's
// workloads (Atikoglu et al., SIGMETRICS 2012), simplified.
#pragma once

#include <bit>

#include "workloads/intact.hpp"
#include "workloads/program.hpp"
#include "workloads/random.hpp"

namespace tricolour {

struct LruCache {
  static WorkloadInfo info() {
    return {.name = "lru_cache",
            .summary = "looks up entries of a cache that forgets the oldest",
            .source = "software caches (Atikoglu et al. 2012)",
            .operation = "one lookup",
            .parameters = {{.name = "capacity",
                            .value = 100'000,
                            .unit = "entries",
                            .summary = "of the cache",
                            .least = 2,
                            .most = 1e7,
                            .small = 5000},
                           {.name = "hit_rate",
                            .value = 0.8,
                            .unit = "share",
                            .summary = "of lookups that find an entry",
                            .least = 0.01,
                            .most = 1},
                           {.name = "most_bytes",
                            .value = 4096,
                            .unit = "bytes",
                            .summary = "of the largest body, at least 16",
                            .least = 16,
                            .most = 1e6},
                           {.name = "rehash_every",
                            .value = 1'000'000,
                            .unit = "lookups",
                            .summary = "until the table's size changes; 0: never",
                            .least = 0,
                            .most = 1e12,
                            .small = 20'000}}};
  }

  /// With the mean of the bodies; the table in its larger size, and half of it while it changes.
  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t capacity = parameters.count("capacity");
    const std::size_t chains = std::bit_ceil(capacity);
    const std::size_t most = parameters.count("most_bytes");
    double bodies = 0, share = 0.5;
    for (std::size_t bytes = 16; bytes <= most; bytes *= 2, share /= 2)
      bodies +=
          (2 * bytes > most ? 2 * share : share) * static_cast<double>(Object::size_for(0, bytes));
    return capacity *
               (Object::size_for(entry_slots, sizeof(Data)) + static_cast<std::size_t>(bodies)) +
           Object::size_for(2 * chains, 0) + Object::size_for(chains, 0);
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Data {
    std::uint64_t key;
    std::uint64_t check;
  };
  /// Of an entry. The list goes round: a sentinel is newer than the newest and older than the
  /// oldest.
  static constexpr std::uint32_t chain = 0, newer = 1, older = 2, body = 3, entry_slots = 4;

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          capacity_(run.parameters.count("capacity")),
          keys_(static_cast<std::uint64_t>(static_cast<double>(capacity_) /
                                           run.parameters.number("hit_rate"))),
          most_bytes_(run.parameters.count("most_bytes")),
          rehash_every_(run.parameters.count("rehash_every")),
          chains_(std::bit_ceil(capacity_)),
          table_(m, m.allocate(static_cast<std::uint32_t>(chains_), 0)),
          ends_(m, m.allocate(entry_slots, sizeof(Data))) {
      link(ends_, ends_);
    }

    void build() {
      while (entries_ < capacity_) look_up(random_.below(keys_));
    }

    void operation() {
      m_.poll();
      if (rehash_every_ != 0 && ++since_rehash_ > rehash_every_) {
        rehash();
        since_rehash_ = 1;
      }
      look_up(random_.below(keys_));
    }

    /// Every entry of the list is found in its chain, and there are no others.
    void check() {
      std::size_t listed = 0, chained = 0;
      for (Object* one = m_.load(ends_, older); one != ends_.get(); one = m_.load(one, older)) {
        const std::uint64_t key = check_entry(one).key;
        WorkloadRun::check(++listed <= capacity_ && find(key) == one,
                           "lru_cache: an entry of the list is not in its chain");
      }
      for (std::size_t i = 0; i < chains_; ++i) {
        for (Object* one = m_.load(table_, i); one != nullptr; one = m_.load(one, chain)) {
          WorkloadRun::check(++chained <= capacity_ && chain_of(check_entry(one).key) == i,
                             "lru_cache: an entry is in another's chain");
        }
      }
      WorkloadRun::check(listed == capacity_ && chained == capacity_,
                         "lru_cache: entries are missing");
    }

   private:
    std::size_t chain_of(std::uint64_t key) const { return mix(key) & (chains_ - 1); }

    /// A safepoint where the key is not there.
    void look_up(std::uint64_t key) {
      if (Object* const found = find(key)) {
        check_entry(found);
        take_out_of_list(found);
        put_in_front(found);
        return;
      }
      const Root entry{m_, make_entry(key)};
      const std::size_t at = chain_of(key);
      m_.store(entry, chain, m_.load(table_, at));
      m_.store(table_, at, entry);
      put_in_front(entry);
      if (++entries_ > capacity_) drop_oldest();
    }

    Object* find(std::uint64_t key) {
      for (Object* one = m_.load(table_, chain_of(key)); one != nullptr;
           one = m_.load(one, chain)) {
        check_header(m_, one, entry_slots, sizeof(Data), "lru_cache");
        if (one->template payload<Data>()->key == key) return one;
      }
      return nullptr;
    }

    void drop_oldest() {
      Object* const oldest = m_.load(ends_, newer);
      const std::uint64_t key = check_entry(oldest).key;
      take_out_of_list(oldest);
      take_out_of_chain(table_, chain_of(key), oldest);
      --entries_;
    }

    /// `holder`'s field `at` refers to the chain's first entry.
    void take_out_of_chain(Object* holder, std::size_t at, Object* entry) {
      for (Object* one = m_.load(holder, at); one != entry; one = m_.load(holder, at)) {
        WorkloadRun::check(one != nullptr, "lru_cache: an entry is missing in its chain");
        holder = one;
        at = chain;
      }
      m_.store(holder, at, m_.load(entry, chain));
    }

    void link(Object* newer_one, Object* older_one) {
      m_.store(newer_one, older, older_one);
      m_.store(older_one, newer, newer_one);
    }
    void take_out_of_list(Object* entry) { link(m_.load(entry, newer), m_.load(entry, older)); }
    void put_in_front(Object* entry) {
      Object* const newest = m_.load(ends_, older);
      link(entry, newest);
      link(ends_, entry);
    }

    /// A safepoint. Grows: each chain's copy is split in two. Shrinks: two are joined.
    void rehash() {
      const std::size_t before = chains_;
      const bool grows = before == std::bit_ceil(capacity_);
      const std::size_t after = grows ? 2 * before : before / 2;
      const Root table{m_, m_.allocate(static_cast<std::uint32_t>(after), 0)};
      m_.copy_range(table_, 0, table, 0, std::min(before, after));
      chains_ = after;
      for (std::size_t i = 0; i < std::min(before, after); ++i, m_.poll())
        grows ? split(table, i, i + before) : join(table, i, m_.load(table_, i + after));
      table_ = table.get();
    }
    void split(Object* table, std::size_t low, std::size_t high) {
      Object *one = m_.load(table, low), *lows = nullptr, *highs = nullptr;
      while (one != nullptr) {
        Object* const next = m_.load(one, chain);
        Object*& side = chain_of(check_entry(one).key) == low ? lows : highs;
        m_.store(one, chain, side);
        side = one;
        one = next;
      }
      m_.store(table, low, lows);
      m_.store(table, high, highs);
    }
    void join(Object* table, std::size_t at, Object* more) {
      Object* last = m_.load(table, at);
      if (last == nullptr) return m_.store(table, at, more);
      while (Object* const next = m_.load(last, chain)) last = next;
      m_.store(last, chain, more);
    }

    /// A safepoint.
    Object* make_entry(std::uint64_t key) {
      const Root made{m_, m_.allocate(0, body_bytes(key))};
      *made->template payload<std::uint64_t>() = ~mix(key);
      Object* const entry = m_.allocate(entry_slots, sizeof(Data));
      *entry->template payload<Data>() = {key, mix(key)};
      m_.store(entry, body, made);
      return entry;
    }
    /// Always the same of a key.
    std::size_t body_bytes(std::uint64_t key) const {
      std::size_t bytes = 16;
      for (std::uint64_t coins = mix(~key); coins % 2 != 0 && 2 * bytes <= most_bytes_; coins /= 2)
        bytes *= 2;
      return bytes;
    }

    const Data& check_entry(Object* entry) {
      check_header(m_, entry, entry_slots, sizeof(Data), "lru_cache");
      const Data& data = *entry->template payload<Data>();
      WorkloadRun::check(data.check == mix(data.key),
                         "lru_cache: an entry does not hold what was written to it");
      const Object* const own = m_.load(entry, body);
      check_header(m_, own, 0, body_bytes(data.key), "lru_cache");
      WorkloadRun::check(*own->template payload<std::uint64_t>() == ~mix(data.key),
                         "lru_cache: a body does not hold what was written to it");
      return data;
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t capacity_;
    const std::uint64_t keys_;
    const std::size_t most_bytes_;
    const std::uint64_t rehash_every_;
    std::size_t chains_;
    Root table_;
    const Root ends_;
    std::size_t entries_ = 0;
    std::uint64_t since_rehash_ = 0;
  };
};

}  // namespace tricolour
