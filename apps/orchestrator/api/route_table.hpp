// How the parts of the interface add their routes to the one table.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/envelope.hpp"
#include "api/instance_json.hpp"
#include "api/services.hpp"
#include "http/router.hpp"

namespace orchestrator::api {

// What a handler works with: one consistent view of the fleet and the settings for the whole request.
struct Call {
  explicit Call(const ApiServices& from)
      : services(from), settings(from.settings()), topology(from.fleet.topology()), envelope(settings->message_prefix) {
    view = {services.now(), settings->view, services.memory.annotations()};
  }

  const ApiServices& services;
  std::shared_ptr<const ApiSettings> settings;
  std::shared_ptr<const topology::Topology> topology;
  Envelope envelope;
  InstanceView view;
};

// What a handler wants changed in the state, and what it answers then.
struct Change {
  std::vector<state::Command> commands{};
  std::function<http::Response(const Call&, const std::vector<state::Answer>&)> answer{};
};

// A route is answered by the group's leader unless it says http::Answers::here.
class RouteTable {
 public:
  RouteTable(http::Router& router, std::shared_ptr<const ApiServices> services, std::string base)
      : router_(router), services_(std::move(services)), base_(std::move(base)) {}

  // A route that reads and answers at once: http::Response handler(const Call&, const http::RequestContext&).
  template <class Function>
  void read(std::string_view pattern, Function handler, http::Answers answers = http::Answers::leader) {
    add(pattern, http::Access::anyone, http::Effect::reads, sync(std::move(handler)), answers);
  }
  // The same for what not everybody may see.
  template <class Function>
  void read_authorized(std::string_view pattern, Function handler) {
    add(pattern, http::Access::authorized, http::Effect::reads, sync(std::move(handler)), http::Answers::leader);
  }
  // A route that changes something: the same, and the caller needs the right to.
  template <class Function>
  void change(std::string_view pattern, Function handler, http::Answers answers = http::Answers::leader) {
    add(pattern, http::Access::authorized, http::Effect::writes, sync(std::move(handler)), answers);
  }
  // A route that changes the state: std::variant<http::Response, Change> handler(const Call&, const RequestContext&).
  // A response of the handler is the answer, and nothing is changed.
  template <class Function>
  void alter(std::string_view pattern, Function handler, http::Access access = http::Access::authorized) {
    const auto run = [handler](const ApiServices& services, http::RequestContext context) {
      return carry_out(services, handler(Call(services), context));
    };
    add_async(pattern, access, http::Effect::writes, run);
  }
  // Routes whose handler is a coroutine; it gets the services, which outlive it, and makes its own Call.
  // awaitable<http::Response> handler(const ApiServices&, http::RequestContext)
  template <class Function>
  void add_async(std::string_view pattern, http::Access access, http::Effect effect, Function handler,
                 http::Answers answers = http::Answers::leader) {
    auto services = services_;
    auto call = [services, handler](http::RequestContext context) { return handler(*services, std::move(context)); };
    add(pattern, access, effect, http::AsyncHandler(std::move(call)), answers);
  }

 private:
  static boost::asio::awaitable<http::Response> carry_out(const ApiServices& services,
                                                          std::variant<http::Response, Change> wanted);
  template <class Function>
  http::SyncHandler sync(Function handler) const {
    return [services = services_, handler = std::move(handler)](const http::RequestContext& context) {
      const Call call(*services);
      return handler(call, context);
    };
  }
  void add(std::string_view pattern, http::Access access, http::Effect effect, http::Handler handler,
           http::Answers answers) {
    router_.add({base_ + std::string(pattern), access, effect, std::move(handler), answers});
  }

  http::Router& router_;
  std::shared_ptr<const ApiServices> services_;
  std::string base_;
};

// One for each routes_*.cpp.
void add_discovery_routes(RouteTable& routes);
void add_instance_routes(RouteTable& routes);
void add_annotation_routes(RouteTable& routes);
void add_cluster_routes(RouteTable& routes, const ApiPaths& paths);
void add_group_routes(RouteTable& routes);
void add_health_routes(RouteTable& routes);
void add_status_route(RouteTable& routes, std::string_view pattern);
void add_metrics_routes(RouteTable& routes);
void add_pool_routes(RouteTable& routes);
void add_record_routes(RouteTable& routes, const ApiPaths& paths);
void add_tag_routes(RouteTable& routes, const ApiPaths& paths);

}  // namespace orchestrator::api
