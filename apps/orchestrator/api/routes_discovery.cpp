// Routes that make the fleet known and forget it.
#include <utility>

#include "api/addressing.hpp"
#include "api/reachability.hpp"
#include "api/route_table.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using http::Access;
using http::Effect;
using http::RequestContext;
using http::Response;

constexpr std::chrono::milliseconds resolve_timeout{2000};

// The instance as the topology has it after a probe; as the probe alone has it when the topology does not.
std::string probed_json(const Call& call, const topology::Observation& observation) {
  const auto index = call.topology->find(observation.key);
  return index ? instance_json(*call.topology, *index, call.view) : observation_json(observation, call.view);
}

asio::awaitable<Response> discover(const ApiServices& services, RequestContext context) {
  auto key = instance_key(context.parameters, services.fleet, *services.fleet.topology());
  if (!key) {
    co_return Call(services).envelope.error(key.error().context);
  }
  auto wanted = *key;
  const auto probed = co_await services.fleet.discover(std::move(wanted));
  const Call call(services);
  if (!probed) {
    co_return call.envelope.error(probed.error().message());
  }
  const auto& observation = **probed;
  co_return call.envelope.ok("Instance discovered: " + observation.key.to_string(), probed_json(call, observation));
}

Response async_discover(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  call.services.fleet.discover_later(*key);
  return call.envelope.ok("Asynchronous discovery initiated for Instance: " + key->to_string());
}

asio::awaitable<Response> refresh(const ApiServices& services, RequestContext context) {
  auto key = instance_key(context.parameters, services.fleet, *services.fleet.topology());
  if (!key) {
    co_return Call(services).envelope.error(key.error().context);
  }
  auto wanted = *key;
  const auto probed = co_await services.fleet.refresh(std::move(wanted));
  const Call call(services);
  if (!probed) {
    co_return call.envelope.error(probed.error().message());
  }
  co_return call.envelope.ok("Instance refreshed: " + key->to_string(), key_json(*key));
}

asio::awaitable<Response> forget(const ApiServices& services, RequestContext context) {
  const Call call(services);
  const auto key = raw_key(context.parameters);
  if (!key) {
    co_return call.envelope.error(key.error().context);
  }
  if (!services.fleet.forget(*key)) {
    co_return call.envelope.error("ForgetInstance(): instance " + key->to_string() + " not found");
  }
  const auto recorded = co_await services.fleet.recorded();
  if (!recorded) {
    co_return call.envelope.error(recorded.error().message());
  }
  co_return call.envelope.ok("Instance forgotten: " + key->to_string(), key_json(*key));
}

asio::awaitable<Response> forget_cluster(const ApiServices& services, RequestContext context) {
  const Call call(services);
  const auto index = cluster_index(context.parameters, services.fleet, *call.topology);
  if (!index) {
    co_return call.envelope.error(index.error().context);
  }
  const auto& cluster = call.topology->cluster(*index);
  services.fleet.forget_cluster(cluster.id);
  const auto recorded = co_await services.fleet.recorded();
  if (!recorded) {
    co_return call.envelope.error(recorded.error().message());
  }
  co_return call.envelope.ok("Cluster forgotten: " + cluster.name);
}

asio::awaitable<Response> resolve(const ApiServices& services, RequestContext context) {
  const Call call(services);
  auto raw = raw_key(context.parameters);
  if (!raw) {
    co_return call.envelope.error(raw.error().context);
  }
  auto wanted = *raw;
  const auto resolved = co_await services.fleet.resolve(std::move(wanted));
  if (!resolved) {
    co_return call.envelope.error(resolved.error().message());
  }
  auto target = *resolved;
  const auto reached = co_await check_reachable(std::move(target), resolve_timeout);
  if (!reached) {
    co_return call.envelope.error(reached.error().message());
  }
  co_return call.envelope.ok("Instance resolved", key_json(*resolved));
}

}  // namespace

void add_discovery_routes(RouteTable& routes) {
  routes.add_async("discover/:host/:port", Access::authorized, Effect::writes, discover);
  routes.change("async-discover/:host/:port", async_discover);
  routes.add_async("refresh/:host/:port", Access::authorized, Effect::writes, refresh);
  routes.add_async("forget/:host/:port", Access::authorized, Effect::writes, forget);
  routes.add_async("forget-cluster/:clusterHint", Access::authorized, Effect::writes, forget_cluster);
  routes.add_async("resolve/:host/:port", Access::anyone, Effect::reads, resolve);
}

}  // namespace orchestrator::api
