// What a node says of a log that has lost something, and how its operator lets it go on.
#pragma once

#include <optional>
#include <string>

#include "consensus/node.hpp"
#include "node/remembered_keys.hpp"

namespace consensus {

// None when nothing is missing.
[[nodiscard]] std::optional<LogDamage> find_damage(const BootState& boot, const NodeId& id);

// Whether the operator's word is enough: what is left must reach to where the state machine can begin, and a state
// machine that is ahead of its log may be believed only where nobody else has the truth.
[[nodiscard]] bool can_accept(const BootState& boot, const LogDamage& damage);

// Blocking. Takes the mark away, in a term that no lost one comes near to; the boot state becomes what is then stored.
// A state machine that is ahead is kept: a snapshot of it, with these keys, takes the log's place. Gives that
// snapshot's id, or an empty one. After a failure, or a crash on the way, the same can be done again.
[[nodiscard]] Result<std::string> accept_damage(NodePorts& ports, BootState& boot, const RememberedKeys& keys);

}  // namespace consensus
