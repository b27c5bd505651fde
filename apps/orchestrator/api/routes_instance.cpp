// Routes that show instances.
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "api/addressing.hpp"
#include "api/route_table.hpp"
#include "topology/problems.hpp"
#include "topology/search.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using http::Access;
using http::Effect;
using http::RequestContext;
using http::Response;
using topology::NodeIndex;

// A few milliseconds of work.
constexpr std::size_t instances_at_a_time = 100;

// Encodes a long list and lets other work of the server run in between.
asio::awaitable<Response> long_list(const ApiServices& services, std::vector<NodeIndex> indexes,
                                    std::shared_ptr<const topology::Topology> topology) {
  const Call call(services);
  JsonWriter out;
  out.begin_array();
  for (std::size_t at = 0; at < indexes.size(); ++at) {
    write_document(out, to_document(*topology, indexes[at], call.view));
    if (at % instances_at_a_time == instances_at_a_time - 1) {
      co_await asio::post(asio::use_awaitable);
    }
  }
  out.end_array();
  co_return json_response(out.take());
}

Response instance(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  const auto index = call.topology->find(*key);
  if (!index) {
    return call.envelope.error("Cannot read instance: " + key->to_string());
  }
  return json_response(instance_json(*call.topology, *index, call.view));
}

Response instance_replicas(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  const auto index = call.topology->find(*key);
  const auto replicas = index ? call.topology->node(*index).replicas : std::vector<NodeIndex>();
  return json_response(instances_json(*call.topology, replicas, call.view));
}

asio::awaitable<Response> found(const ApiServices& services, std::string text) {
  auto topology = services.fleet.topology();
  auto indexes = topology::search_instances(*topology, text);
  auto response = co_await long_list(services, std::move(indexes), std::move(topology));
  co_return response;
}

asio::awaitable<Response> all_instances(const ApiServices& services, RequestContext) {
  return found(services, std::string());
}

asio::awaitable<Response> search(const ApiServices& services, RequestContext context) {
  const auto& query = context.request.query;
  const auto given = query.find("s");
  return found(services, context.parameters.has("searchString") ? context.parameters["searchString"]
                         : given == query.end()                 ? std::string()
                                                                : given->second);
}

// Instances with a problem that are not downtimed, of one cluster or of all; null when there are none.
Response problems(const Call& call, const RequestContext& context) {
  std::optional<topology::ClusterIndex> only;
  if (context.parameters.has("clusterName")) {
    const auto found_cluster = cluster_index(context.parameters, call.services.fleet, *call.topology);
    if (!found_cluster) {
      return json_response("null");
    }
    only = *found_cluster;
  }
  std::vector<NodeIndex> indexes;
  const auto nodes = call.topology->nodes();
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    const auto& node = nodes[index];
    if ((!only || node.cluster == *only) && !downtime_of(*call.view.annotations, node.key(), call.view.now) &&
        !call.settings->ignores_problems_of(node.key().hostname) &&
        !topology::problems(node, call.view.now, call.view.policy).empty()) {
      indexes.push_back(index);
    }
  }
  return json_response(indexes.empty() ? "null" : instances_json(*call.topology, indexes, call.view));
}

}  // namespace

void add_instance_routes(RouteTable& routes) {
  routes.read("instance/:host/:port", instance);
  routes.read("instance-replicas/:host/:port", instance_replicas);
  routes.add_async("all-instances", Access::anyone, Effect::reads, all_instances);
  routes.add_async("search/:searchString", Access::anyone, Effect::reads, search);
  routes.add_async("search", Access::anyone, Effect::reads, search);
  routes.read("problems", problems);
  routes.read("problems/:clusterName", problems);
}

}  // namespace orchestrator::api
