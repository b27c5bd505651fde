// Errant transactions: what a MySQL replica executed that did not come from its sources.
#pragma once

#include <vector>

#include "topology/topology.hpp"

namespace topology {

// Sets errant_gtid_set of every node by the rule stated at Topology. Precondition: link_nodes() has been called.
void find_errant_gtids(std::vector<Node>& nodes);

}  // namespace topology
