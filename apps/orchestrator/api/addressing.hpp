// Which instance or cluster the variables of a path mean.
#pragma once

#include "api/services.hpp"
#include "http/router.hpp"
#include "topology/error.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// :host and :port as they are written; an IPv6 host may have brackets. Errors: Errc::parse_error.
[[nodiscard]] topology::Result<topology::InstanceKey> raw_key(const http::PathParameters& parameters);

// :host and :port as the name the fleet knows; for a host that is no address and not known, the one known instance with
// that port whose host contains the text. The key itself when nothing fits. Errors: Errc::parse_error.
[[nodiscard]] topology::Result<topology::InstanceKey> instance_key(const http::PathParameters& parameters,
                                                                   const Fleet& fleet,
                                                                   const topology::Topology& topology);

// The cluster that :clusterHint, :clusterAlias, :clusterName or :host/:port means, in this order.
[[nodiscard]] topology::Result<topology::ClusterIndex> cluster_index(const http::PathParameters& parameters,
                                                                     const Fleet& fleet,
                                                                     const topology::Topology& topology);

}  // namespace orchestrator::api
