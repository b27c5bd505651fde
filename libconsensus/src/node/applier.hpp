// Gives committed entries to the state machine, each key once, and knows how far it is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consensus/log_write.hpp"
#include "consensus/state_machine.hpp"
#include "node/remembered_keys.hpp"

namespace consensus {

// Used by one thread at a time: that of the apply lane while something is applied, else the executor's.
class Applier {
 public:
  struct Answer {
    Index index;
    std::string text;
  };

  explicit Applier(StateMachine& state_machine) : state_machine_(&state_machine) {}

  // Where the state machine is, without applying anything.
  void start_at(LogPosition position, ConfigurationAt configuration, RememberedKeys keys);
  // Remembers keys of entries that had been applied before the start.
  [[nodiscard]] Result<void> remember(std::span<const Entry> entries);
  // Entries in order, the first after the last one applied.
  [[nodiscard]] Result<std::vector<Answer>> apply(std::span<const Entry> entries);

  // What a snapshot of the state as it is now stands for.
  [[nodiscard]] SnapshotMeta meta() const;
  [[nodiscard]] const RememberedKeys& keys() const noexcept { return keys_; }

 private:
  StateMachine* state_machine_;
  LogPosition position_;
  ConfigurationAt configuration_;
  RememberedKeys keys_;
};

}  // namespace consensus
