// The search of linearizability.hpp.
#pragma once

#include <limits>
#include <tuple>

#include "consensus/simulator/linearizability.hpp"
#include "consensus/simulator/random.hpp"

namespace consensus::simulator {
namespace detail {

// Depth-first search over orders. Calls and returns stand in one doubly linked list by their moments; an operation can
// be next if its call stands before the first return in the list. Taking an operation unlinks both its nodes.
template <class Model>
class LinearizabilitySearch {
 public:
  LinearizabilitySearch(const std::vector<Operation<Model>>& history, std::size_t budget)
      : history_(history), budget_(budget), taken_((history.size() + 63) / 64, 0) {
    link();
  }

  HistoryVerdict run() {
    HistoryVerdict verdict;
    std::size_t at = nodes_[0].next;
    while (open_ > 0) {
      if (at != 0 && nodes_[at].is_call) {
        at = take(at) ? nodes_[0].next : nodes_[at].next;
        if (seen_ > budget_) return {.result = Linearizability::undecided, .stuck_at = 0, .key = {}};
        continue;
      }
      // The operation that returns here cannot come later, and none of those before it leads on.
      if (at != 0 && order_.size() >= deepest_) {
        deepest_ = order_.size();
        verdict.stuck_at = nodes_[at].operation;
      }
      if (order_.empty()) {
        verdict.result = Linearizability::no;
        return verdict;
      }
      at = nodes_[put_back()].next;
    }
    return {};
  }

 private:
  struct Node {
    std::size_t operation = 0;
    std::size_t partner = 0;
    std::size_t previous = 0;
    std::size_t next = 0;
    bool is_call = false;
  };
  struct Taken {
    std::size_t call = 0;
    typename Model::State before;
  };
  struct Situation {
    std::vector<std::uint64_t> taken;
    typename Model::State state;
  };

  void link() {
    struct Mark {
      std::uint64_t moment;
      std::size_t operation;
      bool is_call;
    };
    std::vector<Mark> marks;
    for (std::size_t number = 0; number < history_.size(); ++number) {
      const auto& operation = history_[number];
      marks.push_back({operation.called, number, true});
      marks.push_back({operation.returned.value_or(std::numeric_limits<std::uint64_t>::max()), number, false});
      if (operation.returned) ++open_;
    }
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
      return std::tie(a.moment, a.operation, b.is_call) < std::tie(b.moment, b.operation, a.is_call);
    });
    // Node 0 is both ends of the list.
    nodes_.resize(marks.size() + 1);
    std::vector<std::size_t> calls(history_.size());
    for (std::size_t place = 1; place < nodes_.size(); ++place) {
      const Mark& mark = marks[place - 1];
      nodes_[place] = {mark.operation, 0, place - 1, place + 1 < nodes_.size() ? place + 1 : 0, mark.is_call};
      if (mark.is_call) {
        calls[mark.operation] = place;
      } else {
        nodes_[place].partner = calls[mark.operation];
        nodes_[calls[mark.operation]].partner = place;
      }
    }
    nodes_[0].next = nodes_.size() > 1 ? 1 : 0;
    nodes_[0].previous = nodes_.size() - 1;
  }

  // Makes the operation the next one, if its answer fits and this has not been tried before.
  bool take(std::size_t call) {
    const std::size_t number = nodes_[call].operation;
    const auto& operation = history_[number];
    typename Model::State after = state_;
    if (!Model::apply(after, operation.call, operation.returned ? &operation.answer : nullptr)) return false;
    taken_[number / 64] ^= std::uint64_t{1} << number % 64;
    if (!is_new(after)) {
      taken_[number / 64] ^= std::uint64_t{1} << number % 64;
      return false;
    }
    order_.push_back({call, std::move(state_)});
    state_ = std::move(after);
    unlink(call);
    unlink(nodes_[call].partner);
    if (operation.returned) --open_;
    return true;
  }

  std::size_t put_back() {
    Taken& last = order_.back();
    const std::size_t call = last.call;
    const std::size_t number = nodes_[call].operation;
    state_ = std::move(last.before);
    order_.pop_back();
    taken_[number / 64] ^= std::uint64_t{1} << number % 64;
    relink(nodes_[call].partner);
    relink(call);
    if (history_[number].returned) ++open_;
    return call;
  }

  bool is_new(const typename Model::State& state) {
    std::uint64_t hash = Model::fingerprint(state);
    for (const std::uint64_t word : taken_) hash = mix(hash, word);
    auto& same = situations_[hash];
    for (const Situation& other : same) {
      if (other.taken == taken_ && other.state == state) return false;
    }
    same.push_back({taken_, state});
    ++seen_;
    return true;
  }

  void unlink(std::size_t node) {
    nodes_[nodes_[node].previous].next = nodes_[node].next;
    nodes_[nodes_[node].next].previous = nodes_[node].previous;
  }

  void relink(std::size_t node) {
    nodes_[nodes_[node].previous].next = node;
    nodes_[nodes_[node].next].previous = node;
  }

  const std::vector<Operation<Model>>& history_;
  std::size_t budget_;
  std::size_t seen_ = 0;
  std::size_t open_ = 0;  // operations with an answer that are not in the order yet
  std::size_t deepest_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::uint64_t> taken_;
  std::vector<Taken> order_;
  typename Model::State state_ = Model::initial();
  std::unordered_map<std::uint64_t, std::vector<Situation>> situations_;  // only looked up, never iterated
};

}  // namespace detail

template <class Model>
HistoryVerdict check_linearizable(const std::vector<Operation<Model>>& history, std::size_t budget) {
  return detail::LinearizabilitySearch<Model>(history, budget).run();
}

}  // namespace consensus::simulator
