// The state as the server's parts use it: commands go through the group, queries to this node's copy.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <vector>

#include "group/group.hpp"
#include "state/command.hpp"
#include "state/state_service.hpp"

namespace orchestrator {

// Confined to the group's executor; what it refers to outlives it.
class SharedState {
 public:
  static constexpr std::chrono::seconds patience{10};

  SharedState(group::Group& group, state::StateService& copy) : group_(group), copy_(copy) {}

  // All of these commands or none; one answer for each. Comes back when the leader has applied them, which is not yet
  // to say that this node has. Errors: those of the group; invalid_argument names the command at fault.
  [[nodiscard]] boost::asio::awaitable<state::Result<state::Answers>> apply(
      std::vector<state::Command> commands, group::Repetition repetition = group::Repetition::harmless);

  // Calls query(State&), which returns a Result, on the state's thread.
  template <class Query>
  [[nodiscard]] auto ask(Query query) {
    return copy_.ask(std::move(query));
  }

 private:
  group::Group& group_;
  state::StateService& copy_;
};

}  // namespace orchestrator
