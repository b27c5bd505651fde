// The state as the state machine of a Raft group.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "consensus/state_machine.hpp"
#include "state/state.hpp"

namespace orchestrator::state {

// While the backend cannot be used for a time (its server is away, its disk is full) calls wait and try again, so that
// the node goes on where it was when the backend is back. Everything else that is wrong is an error, which stops the
// node. Answers are encoded Answers (state/proposal.hpp).
class ReplicatedState final : public consensus::StateMachine {
 public:
  // The callback is told, on the node's threads, why calls wait, and "" when they do no longer.
  explicit ReplicatedState(State& state, std::function<void(const std::string& trouble)> on_trouble = {});

  [[nodiscard]] consensus::Result<consensus::Index> applied() override;
  [[nodiscard]] consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                                  consensus::Index through) override;
  [[nodiscard]] consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override;
  [[nodiscard]] consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(
      consensus::Index index) override;

  // From any thread: ends all waiting, and lets calls fail from now on instead of waiting. To be called before the node
  // is stopped.
  void give_up();

 private:
  class Sink;

  // Calls until it succeeds, fails for good, or give_up() was called.
  template <class Call>
  [[nodiscard]] auto persist(Call call) -> decltype(call());
  // Whether to try again; waits before.
  [[nodiscard]] bool wait_after(const Error& error, int attempt);
  void tell(const std::string& trouble);

  State& state_;
  std::function<void(const std::string&)> on_trouble_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool given_up_ = false;
  std::string trouble_;
};

}  // namespace orchestrator::state
