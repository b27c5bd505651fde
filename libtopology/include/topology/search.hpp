// Finding instances by what users type: the legacy commands search and find.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "topology/topology.hpp"

namespace topology {

// Instances of which the text is a part of the host, of "host:port", of the cluster's name or alias, of the version or
// its comment, of the data centre, region or instance alias; or is the server id or the port. Blanks around the text
// and the case of letters do not matter; an empty text finds all. Ordered by depth, then number of replicas (most
// first), then cluster name, then key.
[[nodiscard]] std::vector<NodeIndex> search_instances(const Topology& topology, std::string_view text);

// Instances whose "host:port" the predicate (a regular expression, as a rule) accepts; in the same order.
[[nodiscard]] std::vector<NodeIndex> find_instances(const Topology& topology,
                                                    const std::function<bool(std::string_view)>& accepts);

}  // namespace topology
