// Which instance or cluster the variables of a path mean.
#pragma once

#include "api/services.hpp"
#include "http/router.hpp"
#include "topology/error.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// :host and :port as they are written; an IPv6 host may have brackets. Errors: Errc::parse_error.
[[nodiscard]] topology::Result<topology::InstanceKey> raw_key(const http::PathParameters& parameters);

// The name the fleet knows the instance by; for a host that is no address and not known, the one known instance with
// that port whose host contains the text. The key itself when nothing fits.
[[nodiscard]] topology::InstanceKey known_key(const topology::InstanceKey& key, const Fleet& fleet,
                                              const topology::Topology& topology);

// The same for :host and :port. Errors: Errc::parse_error.
[[nodiscard]] topology::Result<topology::InstanceKey> instance_key(const http::PathParameters& parameters,
                                                                   const Fleet& fleet,
                                                                   const topology::Topology& topology);

// The cluster that :clusterHint, :clusterAlias, :clusterName or :host/:port means, in this order.
[[nodiscard]] topology::Result<topology::ClusterIndex> cluster_index(const http::PathParameters& parameters,
                                                                     const Fleet& fleet,
                                                                     const topology::Topology& topology);

}  // namespace orchestrator::api
