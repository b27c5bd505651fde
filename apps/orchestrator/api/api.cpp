// The table of the legacy interface's routes.
#include "api/api.hpp"

#include "api/route_table.hpp"

namespace orchestrator::api {

boost::asio::awaitable<http::Response> RouteTable::carry_out(const ApiServices& services,
                                                             std::variant<http::Response, Change> wanted) {
  if (auto* refusal = std::get_if<http::Response>(&wanted)) {
    co_return std::move(*refusal);
  }
  auto& change = std::get<Change>(wanted);
  const auto applied = co_await services.memory.apply(std::move(change.commands));
  const Call call(services);
  if (!applied) {
    co_return call.envelope.error(applied.error().message());
  }
  co_return change.answer(call, *applied);
}

http::Router make_router(const std::shared_ptr<const ApiServices>& services, const ApiPaths& paths) {
  constexpr std::string_view usual_status_endpoint = "/api/status";
  http::Router router;
  RouteTable routes(router, services, paths.url_prefix + "/api/");
  add_discovery_routes(routes);
  add_instance_routes(routes);
  add_annotation_routes(routes);
  add_cluster_routes(routes, paths);
  add_group_routes(routes);
  add_health_routes(routes);
  add_metrics_routes(routes);
  add_pool_routes(routes);
  add_record_routes(routes, paths);
  add_tag_routes(routes, paths);
  if (paths.status_endpoint == usual_status_endpoint) {
    add_status_route(routes, "status");
  } else {
    RouteTable outside(router, services, "");  // neither /api nor the prefix
    add_status_route(outside, paths.status_endpoint);
  }
  return router;
}

http::ApplicationHooks make_hooks(const std::shared_ptr<const ApiServices>& services) {
  http::ApplicationHooks hooks;
  hooks.unauthorized = [services] { return Envelope(services->settings()->message_prefix).error("Unauthorized"); };
  hooks.failed = [services](const std::string& cause) {
    return Envelope(services->settings()->message_prefix).error(cause);
  };
  hooks.unavailable = [services](const http::LeaderTrouble& trouble) {
    auto response = Envelope(services->settings()->message_prefix).error(trouble.cause);
    response.status = trouble.status;
    return response;
  };
  return hooks;
}

}  // namespace orchestrator::api
