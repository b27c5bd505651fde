// Routes that change the group of servers: who leads it, who belongs to it, snapshots of its state.
#include <string>
#include <utility>

#include "api/route_table.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using http::Access;
using http::Answers;
using http::Effect;
using http::RequestContext;
using http::Response;

asio::awaitable<Response> yield_to(const ApiServices& services, std::string member, std::string message,
                                   std::string details) {
  const auto yielded = co_await services.control.yield(std::move(member));
  const Call call(services);
  if (!yielded) {
    co_return call.envelope.error(yielded.error().message());
  }
  co_return call.envelope.ok(message, details);
}

asio::awaitable<Response> reelect(const ApiServices& services, RequestContext) {
  std::string anybody;
  std::string message = "Set re-elections";
  std::string details = "null";
  auto response = co_await yield_to(services, std::move(anybody), std::move(message), std::move(details));
  co_return response;
}

asio::awaitable<Response> raft_yield(const ApiServices& services, RequestContext context) {
  std::string member = context.parameters["node"];
  std::string message = "Asynchronously yielded";
  std::string details = "null";
  auto response = co_await yield_to(services, std::move(member), std::move(message), std::move(details));
  co_return response;
}

asio::awaitable<Response> raft_yield_hint(const ApiServices& services, RequestContext context) {
  std::string hint = context.parameters["hint"];
  std::string message = "Asynchronously yielded by hint " + hint;
  std::string details = json_text(hint);
  auto response = co_await yield_to(services, std::move(hint), std::move(message), std::move(details));
  co_return response;
}

asio::awaitable<Response> raft_add_peer(const ApiServices& services, RequestContext context) {
  std::string address = context.parameters["addr"];
  const auto added = co_await services.control.add(address);
  if (!added) {
    co_return Call(services).envelope.error(added.error().message());
  }
  co_return json_response(json_text(*added));
}

asio::awaitable<Response> raft_remove_peer(const ApiServices& services, RequestContext context) {
  std::string address = context.parameters["addr"];
  const auto removed = co_await services.control.remove(address);
  if (!removed) {
    co_return Call(services).envelope.error(removed.error().message());
  }
  co_return json_response(json_text(*removed));
}

asio::awaitable<Response> raft_snapshot(const ApiServices& services, RequestContext) {
  const auto taken = co_await services.control.take_snapshot();
  if (!taken) {
    co_return Call(services).envelope.error(taken.error().message());
  }
  co_return json_response(json_text("snapshot created"));
}

// Followers of the former kind reported here. The group itself knows who is there, so the report says nothing new.
Response health_report(const Call& call, const RequestContext& context) {
  if (context.parameters["authenticationToken"] != call.services.node.token) {
    return call.envelope.error("Cannot take the health report: unknown token");
  }
  return json_response(json_text("health reported"));
}

}  // namespace

void add_group_routes(RouteTable& routes) {
  routes.add_async("reelect", Access::authorized, Effect::writes, reelect);
  routes.add_async("raft-yield/:node", Access::authorized, Effect::writes, raft_yield);
  routes.add_async("raft-yield-hint/:hint", Access::authorized, Effect::writes, raft_yield_hint);
  routes.add_async("raft-add-peer/:addr", Access::authorized, Effect::writes, raft_add_peer);
  routes.add_async("raft-remove-peer/:addr", Access::authorized, Effect::writes, raft_remove_peer);
  routes.add_async("raft-snapshot", Access::anyone, Effect::writes, raft_snapshot, Answers::here);
  routes.read("raft-follower-health-report/:authenticationToken/:raftBind/:raftAdvertise", health_report,
              Answers::here);
}

}  // namespace orchestrator::api
