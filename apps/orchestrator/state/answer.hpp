// What applying a command came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "state/records.hpp"

namespace orchestrator::state {

// Encoded as these numbers; never renumber.
enum class Outcome : std::uint8_t {
  done = 0,
  unchanged = 1,  // there was nothing to do
  refused = 2,    // the state does not allow it (now)
  invalid = 3,    // it can never be applied: see problem
  too_new = 4,    // the group has not been raised to the version that the command needs; nothing happened
};

// The same on every node. Which members a command fills in is said at the command (state/command.hpp).
struct Answer {
  Outcome outcome = Outcome::done;
  std::uint64_t id = 0;             // of the row that was made, or of the one in the way
  std::uint64_t count = 0;          // of rows that were changed
  bool existed = false;             // there was such a row before
  std::vector<InstanceKey> keys{};  // of the instances concerned
  std::string problem{};            // of an invalid command, for people

  friend bool operator==(const Answer&, const Answer&) = default;
};

}  // namespace orchestrator::state
