// Runs a blocking state on a thread of its own, behind awaitables.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "state/state.hpp"

namespace orchestrator::state {

struct StateServiceOptions {
  std::size_t queued_commands = 4096;   // more than these waiting: Errc::overloaded
  std::size_t queued_queries = 256;     // likewise
  std::size_t commands_together = 512;  // committed in one transaction
};

// Calls may come from any thread; each resumes on the executor of its coroutine. Requests are served in the order they
// came, commands that wait together in one transaction. A command's result is its own: one that cannot be applied does
// not spoil those it waited with. A request that was queued is carried out even when its coroutine is gone; it cannot
// be cancelled and takes as long as the disk and State's own lock wait do. Errors: those of the state, overloaded,
// stopped.
class StateService {
 public:
  explicit StateService(std::unique_ptr<State> state, const StateServiceOptions& options = {});
  // Carries out what is queued, then returns. The executors of waiting coroutines must still exist.
  ~StateService();
  StateService(const StateService&) = delete;
  StateService& operator=(const StateService&) = delete;

  // All of these commands or none.
  [[nodiscard]] boost::asio::awaitable<Result<void>> apply(std::vector<Command> commands);

  [[nodiscard]] boost::asio::awaitable<Result<std::vector<InstanceRecord>>> instances();
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<ClusterRecord>>> clusters();
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<HostnameResolve>>> hostname_resolves();
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<KeyValue>>> key_values();
  [[nodiscard]] boost::asio::awaitable<Result<std::optional<std::string>>> value_of(std::string key);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace orchestrator::state
