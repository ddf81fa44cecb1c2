// Mutants of texts, for the tests of what reads files.
//
// Invariant: the seed decides everything; a mutant's name repeats it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tools/testing/catch.hpp"

namespace tricolour {

using Words = std::vector<std::string>;

/// Cuts, doubles, swaps and overwrites parts of a text; puts `words` in, and pieces of other texts.
class TextMutator {
 public:
  TextMutator(std::uint64_t seed, Words words) : random_(seed), words_(std::move(words)) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  std::string mutate(std::string text, const std::string& other) {
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) change(text, other);
    return text;
  }

 private:
  void change(std::string& text, const std::string& other) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(text.size() - at, 1 + below(below(2) == 0 ? 4 : 60));
    switch (below(7)) {
      case 0:
        return text.resize(at);
      case 1:
        text.erase(at, length);
        return;
      case 2:
        text.insert(at, text.substr(at, length));
        return;
      case 3:
        for (std::size_t i = at; i < at + length; ++i) text[i] = static_cast<char>(below(256));
        return;
      case 4:
        text.replace(at, length, words_[below(words_.size())]);
        return;
      case 5:
        text.insert(at, words_[below(words_.size())]);
        return;
      default: {
        const std::size_t from = below(other.size() + 1);
        text.replace(at, length, other.substr(from, below(80)));
      }
    }
  }

  std::mt19937_64 random_;
  const Words words_;
};

/// Calls `look(mutant, text)` with `mutants` texts, each a changed one of `corpus`.
template <class Look>
void for_each_mutant(const Words& corpus, const Words& words, std::uint64_t seed,
                     std::size_t mutants, Look look) {
  REQUIRE(!corpus.empty());
  for (std::size_t mutant = 0; mutant < mutants; ++mutant) {
    TextMutator mutator(seed * 1'000'003 + mutant, words);
    const std::string& text = corpus[mutator.below(corpus.size())];
    look(fmt::format("mutant {}/{}", seed, mutant),
         mutator.mutate(text, corpus[mutator.below(corpus.size())]));
  }
}

}  // namespace tricolour
