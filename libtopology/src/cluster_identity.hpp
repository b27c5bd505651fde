// What a cluster is called: its lasting id, its alias, its domain.
#pragma once

#include <vector>

#include "topology/topology.hpp"

namespace topology {

// Sets id, alias and domain of every cluster by the rules stated at Topology. Precondition: form_clusters() made them.
void identify_clusters(std::vector<Cluster>& clusters, const std::vector<Node>& nodes, const TopologyInputs& inputs);

}  // namespace topology
