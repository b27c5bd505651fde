// Routes that tell whether this server is well and whether it leads.
#include <cctype>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "api/route_table.hpp"

namespace orchestrator::api {
namespace {

using http::Answers;
using http::RequestContext;
using http::Response;

Response health(const Call& call, const RequestContext&) {
  const Health state{call.services.trouble(), call.view.now};
  const auto details = health_status_json(state, call.services.node, call.services.group());
  if (!state.trouble.empty()) {
    return call.envelope.error("Application node is unhealthy " + state.trouble, details);
  }
  return call.envelope.ok("Application node is healthy", details);
}

Response always_ok(const Call&, const RequestContext&) {
  return json_response(json_text("OK"));
}

// The status for load balancers that want their own one; 404 for what is no HTTP status.
unsigned status_when_not_leader(const std::string& text) {
  unsigned status = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  return whole && status >= 200 && status <= 599 ? status : 404;
}

Response leader_check(const Call& call, const RequestContext& context) {
  if (call.services.group().role == GroupRole::leader) {
    return json_response(json_text("OK"));
  }
  return json_response(json_text("Not leader"), status_when_not_leader(context.parameters["errorStatusCode"]));
}

Response raft_state(const Call& call, const RequestContext&) {
  return json_response(json_text(to_string(call.services.group().role)));
}

Response raft_leader(const Call& call, const RequestContext&) {
  return json_response(json_text(call.services.group().leader));
}

Response raft_peers(const Call& call, const RequestContext&) {
  return json_response(texts_json(call.services.group().peers));
}

Response raft_health(const Call& call, const RequestContext&) {
  if (call.services.group().quorum == GroupStatus::Quorum::lost) {
    return call.envelope.error("unhealthy");
  }
  return json_response(json_text("healthy"));
}

Response raft_status(const Call& call, const RequestContext&) {
  return json_response(group_status_json(call.services.group()));
}

// "x-forwarded-for" as Go prints it: "X-Forwarded-For".
std::string canonical(const std::string& name) {
  std::string text = name;
  bool upper = true;
  for (auto& letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    letter = static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
    upper = letter == '-';
  }
  return text;
}

// What carries secrets is named, but not shown: the answer may end up in a ticket or a script's log.
Response headers(const Call&, const RequestContext& context) {
  std::map<std::string, std::vector<std::string>> fields;
  for (const auto& [name, value] : context.request.headers.all()) {
    const auto printed = canonical(name);
    const bool secret = printed == "Authorization" || printed == "Proxy-Authorization" || printed == "Cookie";
    fields[printed].push_back(secret ? "(not shown)" : value);
  }
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, values] : fields) {
    out.key(name).raw(texts_json(values));
  }
  return json_response(out.end_object().take());
}

Response recovery_filters(const Call& call, const RequestContext&) {
  return call.envelope.ok("Automated recovery configuration details",
                          recovery_filters_json(call.settings->recovery_filters));
}

}  // namespace

void add_health_routes(RouteTable& routes) {
  routes.read("headers", headers, Answers::here);
  routes.read("health", health, Answers::here);
  routes.read("lb-check", always_ok, Answers::here);
  routes.read("_ping", always_ok, Answers::here);
  routes.read("leader-check", leader_check, Answers::here);
  routes.read("leader-check/:errorStatusCode", leader_check, Answers::here);
  routes.read("routed-leader-check", leader_check);
  routes.read("raft-state", raft_state, Answers::here);
  routes.read("raft-leader", raft_leader, Answers::here);
  routes.read("raft-peers", raft_peers, Answers::here);
  routes.read("raft-health", raft_health, Answers::here);
  routes.read("raft-status", raft_status, Answers::here);
  routes.read("automated-recovery-filters", recovery_filters);
}

void add_status_route(RouteTable& routes, std::string_view pattern) {
  routes.read(pattern, health, Answers::here);
}

}  // namespace orchestrator::api
