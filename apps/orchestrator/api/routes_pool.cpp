// Routes for pools: lists of instances that another system submits under a name.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "api/addressing.hpp"
#include "api/record_json.hpp"
#include "api/route_table.hpp"

namespace orchestrator::api {
namespace {

using http::RequestContext;
using http::Response;
using topology::InstanceKey;
using topology::NodeIndex;
using Answers = std::vector<state::Answer>;
using Wanted = std::variant<Response, Change>;

topology::Result<InstanceKey> pool_instance(const Call& call, std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = std::min(text.find_first_not_of(blanks), text.size());
  const auto last = text.find_last_not_of(blanks);
  const auto plain = last == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
  const auto key = topology::parse_instance_key(plain, call.settings->default_port);
  if (!key) {
    return key.error();
  }
  return call.settings->pool_hosts == ApiSettings::PoolHosts::fuzzy
             ? known_key(*key, call.services.fleet, *call.topology)
             : call.services.fleet.resolved(*key);
}

topology::Result<std::vector<InstanceKey>> pool_instances(const Call& call, std::string_view list) {
  std::vector<InstanceKey> keys;
  for (std::size_t begin = 0; begin < list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    const auto key = pool_instance(call, list.substr(begin, end - begin));
    if (!key) {
      return key.error();
    }
    keys.push_back(*key);
    begin = end + 1;
  }
  return keys;
}

Wanted submit_pool_instances(const Call& call, const RequestContext& context) {
  const auto& pool = context.parameters["pool"];
  const auto given = context.request.query.find("instances");
  const auto keys = pool_instances(call, given == context.request.query.end() ? "" : std::string_view(given->second));
  if (!keys) {
    return call.envelope.error(keys.error().context);
  }
  const auto now = std::chrono::time_point_cast<state::Time::duration>(call.view.now);
  return Change{{state::SubmitPool{pool, *keys, now}}, [pool](const Call& then, const Answers&) {
                  return then.envelope.ok("Applied " + pool + " pool instances", json_text(pool));
                }};
}

// The instances of a cluster in its pools, or in the one that the path names, by pool.
std::map<std::string, std::vector<NodeIndex>> pools_of(const Call& call, const RequestContext& context,
                                                       topology::ClusterIndex cluster) {
  std::map<std::string, std::vector<NodeIndex>> pools;
  const auto& only = context.parameters["pool"];
  for (const auto& [pool, instances] : call.view.annotations->pools) {
    if (!only.empty() && only != pool) {
      continue;
    }
    for (const auto& [key, registered_at] : instances) {
      const auto node = call.topology->find(key);
      if (node && call.topology->node(*node).cluster == cluster &&
          registered_at + call.settings->pool_lifetime > call.view.now) {
        pools[pool].push_back(*node);
      }
    }
  }
  return pools;
}

Response cluster_pool_instances(const Call& call, const RequestContext& context) {
  const auto cluster = cluster_index(context.parameters, call.services.fleet, *call.topology);
  JsonWriter out;
  out.begin_object();
  if (cluster) {
    for (const auto& [pool, nodes] : pools_of(call, context, *cluster)) {
      std::vector<InstanceKey> keys;
      for (const auto node : nodes) {
        keys.push_back(call.topology->node(node).key());
      }
      out.key(pool);
      write_keys(out, keys);
    }
  }
  return call.envelope.ok("Read pool instances for cluster " + context.parameters["clusterName"],
                          out.end_object().take());
}

// Replicas of the cluster that are in a pool and answer, by key.
std::vector<NodeIndex> working_pool_members(const Call& call, const RequestContext& context,
                                            topology::ClusterIndex cluster) {
  std::vector<NodeIndex> members;
  for (const auto& [pool, nodes] : pools_of(call, context, cluster)) {
    for (const auto index : nodes) {
      const auto& node = call.topology->node(index);
      if (node.instance() != nullptr && node.instance()->is_replica() && node.observation->check.last_check_valid) {
        members.push_back(index);
      }
    }
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

Response heuristic_pool_instances(const Call& call, const RequestContext& context) {
  const auto cluster = cluster_index(context.parameters, call.services.fleet, *call.topology);
  if (!cluster) {
    return call.envelope.error(cluster.error().context);
  }
  const auto members = working_pool_members(call, context, *cluster);
  return call.envelope.ok("Heuristic pool instances for cluster " + call.topology->cluster(*cluster).name,
                          instances_json(*call.topology, members, call.view));
}

Response heuristic_pool_lag(const Call& call, const RequestContext& context) {
  const auto cluster = cluster_index(context.parameters, call.services.fleet, *call.topology);
  if (!cluster) {
    return call.envelope.error(cluster.error().context);
  }
  const auto members = working_pool_members(call, context, *cluster);
  if (members.empty()) {
    return call.envelope.error("No instances found in GetInstancesMaxLag");
  }
  std::chrono::seconds largest{0};
  for (const auto index : members) {
    const auto* channel = call.topology->node(index).instance()->primary_channel();
    largest = std::max(largest, channel->behind_source.value_or(std::chrono::seconds(0)));
  }
  return call.envelope.ok("Heuristic pool lag for cluster " + call.topology->cluster(*cluster).name,
                          std::to_string(largest.count()));
}

}  // namespace

void add_pool_routes(RouteTable& routes) {
  routes.alter("submit-pool-instances/:pool", submit_pool_instances);
  for (const auto* tail : {"/:clusterName", "/:clusterName/:pool"}) {
    const std::string rest(tail);
    routes.read_authorized("cluster-pool-instances" + rest, cluster_pool_instances);
    routes.read_authorized("heuristic-cluster-pool-instances" + rest, heuristic_pool_instances);
    routes.read_authorized("heuristic-cluster-pool-lag" + rest, heuristic_pool_lag);
  }
}

}  // namespace orchestrator::api
