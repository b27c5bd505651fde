// Decides whether what clients saw could have happened one operation after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace consensus::simulator {

// One operation of one client. Moments are numbers that grow with every call and return of all clients together.
// An operation without a return has an unknown outcome: it may take effect at any time after its call, or never.
// Operations that are known to have had no effect do not belong into a history.
template <class Model>
struct Operation {
  std::uint64_t called = 0;
  std::optional<std::uint64_t> returned;
  typename Model::Call call;
  typename Model::Answer answer{};  // meaningless without a return
};

enum class Linearizability { yes, no, undecided };

struct HistoryVerdict {
  Linearizability result = Linearizability::yes;
  std::size_t stuck_at = 0;  // no: the operation (its place in the history) whose answer no order explains
  std::string key;           // no, from a History: of which key
};

// Searches an order. A Model has
//   Call, Answer, State (all regular), State initial(),
//   bool apply(State&, const Call&, const Answer*): false if the answer cannot be given; null: any answer is right
//   std::uint64_t fingerprint(const State&): equal for equal states.
// Gives up (undecided) after `budget` different situations; unknown outcomes are what makes histories expensive.
// Source: Wing and Gong 1993; Lowe, "Testing for linearizability" (2017).
template <class Model>
[[nodiscard]] HistoryVerdict check_linearizable(const std::vector<Operation<Model>>& history,
                                                std::size_t budget = 1'000'000);

// Operations on many objects, each checked by itself (linearizability is local; Herlihy and Wing 1990).
template <class Model>
class History {
 public:
  void add(const std::string& key, Operation<Model> operation) { keys_[key].push_back(std::move(operation)); }
  [[nodiscard]] const std::vector<Operation<Model>>& operations(const std::string& key) const { return keys_.at(key); }

  // The first key that has no order; else undecided if one was; else yes. The budget is for each key.
  [[nodiscard]] HistoryVerdict check(std::size_t budget = 1'000'000) const {
    HistoryVerdict verdict;
    for (const auto& [key, operations] : keys_) {
      HistoryVerdict one = check_linearizable<Model>(operations, budget);
      one.key = key;
      if (one.result == Linearizability::no) return one;
      if (one.result == Linearizability::undecided) verdict = one;
    }
    return verdict;
  }

 private:
  std::map<std::string, std::vector<Operation<Model>>> keys_;
};

}  // namespace consensus::simulator

#include "consensus/simulator/detail/linearizability_search.hpp"
