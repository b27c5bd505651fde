// Carries out the faults of a plan, where the group survives them, and ends them.
#pragma once

#include "consensus/simulator/node_simulation.hpp"

namespace consensus::simulator {

class NodeWorld;

// False: there was nobody to do it to, or it might have lost what was committed.
bool carry_out(NodeWorld& world, const NodeFault& fault);
// Everything works again from now on.
void end_faults(NodeWorld& world);

}  // namespace consensus::simulator
