// The port of the state: commands in, queries out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "state/command.hpp"
#include "state/error.hpp"

namespace orchestrator::state {

// Confined to one thread at a time; every call may block for the disk. A query sees all commands applied before it.
class State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  virtual ~State() = default;

  // All of the commands or none of them: after an error the state is what it was, and the object stays usable.
  // Errors: invalid_argument names the command at fault; see is_retryable() for the others.
  [[nodiscard]] virtual Result<void> apply(std::span<const Command> commands) = 0;
  [[nodiscard]] Result<void> apply(const Command& command) { return apply(std::span(&command, 1)); }

  // Ordered by their keys.
  [[nodiscard]] virtual Result<std::vector<InstanceRecord>> instances() = 0;
  [[nodiscard]] virtual Result<std::vector<ClusterRecord>> clusters() = 0;
  [[nodiscard]] virtual Result<std::vector<HostnameResolve>> hostname_resolves() = 0;
  [[nodiscard]] virtual Result<std::vector<KeyValue>> key_values() = 0;
  [[nodiscard]] virtual Result<std::optional<std::string>> value_of(const std::string& key) = 0;
};

}  // namespace orchestrator::state
