// The end of a run of whole nodes: all faults are over, and everything must become well.
#pragma once

namespace consensus::simulator {

class NodeWorld;

// Heals, waits, compares the states, and lets the subject judge. Source of the idea: liveness after healing, as in
// VOPR's second phase; the budgets keep a group from being busy without getting anywhere.
void judge_nodes(NodeWorld& world);

}  // namespace consensus::simulator
