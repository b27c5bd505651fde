// Routes that show clusters and publish their masters.
#include <optional>
#include <utility>
#include <vector>

#include "api/addressing.hpp"
#include "api/route_table.hpp"
#include "topology/cluster_info.hpp"
#include "topology/topology_text.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using http::RequestContext;
using http::Response;
using topology::Cluster;
using topology::NodeIndex;
using topology::TopologyFormat;

topology::ClusterInfo info_of(const Call& call, const Cluster& cluster) {
  auto info = topology::cluster_info(*call.topology, cluster);
  info.has_automated_master_recovery = call.settings->recovers_master(cluster);
  info.has_automated_intermediate_master_recovery = call.settings->recovers_intermediate_master(cluster);
  return info;
}

// What a handler answers for the cluster that the path means, or the error of not finding it.
template <class Function>
Response with_cluster(const Call& call, const RequestContext& context, Function answer) {
  const auto index = cluster_index(context.parameters, call.services.fleet, *call.topology);
  if (!index) {
    return call.envelope.error(index.error().context);
  }
  return answer(call.topology->cluster(*index));
}

Response clusters(const Call& call, const RequestContext&) {
  std::vector<std::string> names;
  for (const auto& cluster : call.topology->clusters()) {
    names.push_back(cluster.name);
  }
  return json_response(names.empty() ? "null" : texts_json(names));
}

Response clusters_info(const Call& call, const RequestContext&) {
  JsonWriter out;
  out.begin_array();
  for (const auto& cluster : call.topology->clusters()) {
    write_cluster_info(out, info_of(call, cluster));
  }
  return json_response(out.end_array().take());
}

Response cluster(const Call& call, const RequestContext& context) {
  return with_cluster(call, context, [&](const Cluster& found) {
    return json_response(instances_json(*call.topology, found.members, call.view));
  });
}

Response cluster_info(const Call& call, const RequestContext& context) {
  return with_cluster(call, context, [&](const Cluster& found) {
    JsonWriter out;
    write_cluster_info(out, info_of(call, found));
    return json_response(out.take());
  });
}

// The writable master of every cluster; null when there are none.
Response masters(const Call& call, const RequestContext&) {
  std::vector<NodeIndex> indexes;
  for (const auto& each : call.topology->clusters()) {
    if (const auto master = call.topology->writable_master(each)) {
      indexes.push_back(*master);
    }
  }
  return json_response(indexes.empty() ? "null" : instances_json(*call.topology, indexes, call.view));
}

// The writable master, else the one that the cluster hangs on, if it was ever measured.
Response master(const Call& call, const RequestContext& context) {
  return with_cluster(call, context, [&](const Cluster& found) {
    const auto index = call.topology->writable_master(found).value_or(found.root);
    if (call.topology->node(index).instance() == nullptr) {
      return call.envelope.error("No masters found for " + found.name);
    }
    return json_response(instance_json(*call.topology, index, call.view));
  });
}

auto topology_as(TopologyFormat format) {
  return [format](const Call& call, const RequestContext& context) {
    return with_cluster(call, context, [&](const Cluster& found) {
      topology::TopologyTextOptions options;
      options.format = format;
      options.now = call.view.now;
      options.policy = call.view.policy;
      const auto& annotations = *call.view.annotations;
      options.is_downtimed = [&](const topology::InstanceKey& key) {
        return downtime_of(annotations, key, call.view.now) != nullptr;
      };
      options.tags = [&](const topology::InstanceKey& key) { return displayed_tags(annotations, key); };
      const auto text = topology::topology_text(*call.topology, found, options);
      return call.envelope.ok("Topology for cluster " + found.name, json_text(text));
    });
  };
}

asio::awaitable<Response> submit_masters(const ApiServices& services, RequestContext context) {
  const Call call(services);
  std::optional<topology::ClusterIndex> only;
  if (context.parameters.has("clusterHint")) {
    const auto index = cluster_index(context.parameters, services.fleet, *call.topology);
    if (!index) {
      co_return call.envelope.error(index.error().context);
    }
    only = *index;
  }
  auto topology = call.topology;
  const auto submitted = co_await services.masters.submit(std::move(topology), only);
  if (!submitted.error.empty()) {
    co_return call.envelope.error(submitted.error);
  }
  co_return call.envelope.ok("Submitted " + std::to_string(submitted.count) + " masters", pairs_json(submitted.pairs));
}

}  // namespace

void add_cluster_routes(RouteTable& routes, const ApiPaths& paths) {
  routes.read("clusters", clusters);
  routes.read("clusters-info", clusters_info);
  routes.read("cluster/:clusterHint", cluster);
  routes.read("cluster/alias/:clusterAlias", cluster);
  routes.read("cluster/instance/:host/:port", cluster);
  routes.read("cluster-info/:clusterHint", cluster_info);
  routes.read("cluster-info/alias/:clusterAlias", cluster_info);
  routes.read("masters", masters);
  routes.read("master/:clusterHint", master);
  routes.read("topology/:clusterHint", topology_as(TopologyFormat::plain));
  routes.read("topology/:host/:port", topology_as(TopologyFormat::plain));
  routes.read("topology-tabulated/:clusterHint", topology_as(TopologyFormat::tabulated));
  routes.read("topology-tabulated/:host/:port", topology_as(TopologyFormat::tabulated));
  routes.read("topology-tags/:clusterHint", topology_as(TopologyFormat::tags));
  routes.read("topology-tags/:host/:port", topology_as(TopologyFormat::tags));
  for (const auto* pattern : {"submit-masters-to-kv-stores", "submit-masters-to-kv-stores/:clusterHint"}) {
    routes.add_async(pattern, paths.submission, http::Effect::writes, submit_masters);
  }
}

}  // namespace orchestrator::api
