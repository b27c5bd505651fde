// Puts a stored snapshot into the state machine.
#pragma once

#include "consensus/node.hpp"
#include "node/applier.hpp"

namespace consensus {

// Blocking. Reads the published snapshot that `meta` describes, verifies it and replaces the state by it.
[[nodiscard]] Result<void> restore_from_store(NodePorts& ports, const SnapshotMeta& meta, Applier& applier);

}  // namespace consensus
