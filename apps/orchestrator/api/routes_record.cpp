// Routes that show or keep what belongs to no single instance: audit, the switch of recoveries, aliases, bulk lists.
#include <algorithm>
#include <charconv>
#include <utility>

#include "api/addressing.hpp"
#include "api/audit_line.hpp"
#include "api/record_json.hpp"
#include "api/route_table.hpp"
#include "api/simple_duration.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using http::Access;
using http::Effect;
using http::RequestContext;
using http::Response;
using Answers = std::vector<state::Answer>;
using Wanted = std::variant<Response, Change>;

constexpr std::uint64_t audit_page_size = 20;

// Pages count from 0; a text that is no number is the first.
std::uint64_t page_of(const RequestContext& context) {
  constexpr std::uint64_t last = 1'000'000'000;
  const auto& text = context.parameters["page"];
  std::uint64_t page = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), page);
  const bool good = code == std::errc{} && end == text.data() + text.size();
  return good ? std::min(page, last) : 0;
}

asio::awaitable<Response> audit(const ApiServices& services, RequestContext context) {
  const Call call(services);
  state::AuditQuery query;
  query.page.skipped = page_of(context) * audit_page_size;
  query.page.size = audit_page_size;
  if (context.parameters.has("host")) {
    const auto key = instance_key(context.parameters, services.fleet, *call.topology);
    if (key) {
      query.instance = *key;
    }
  }
  const auto lines = co_await services.memory.audit(std::move(query));
  if (!lines) {
    co_return call.envelope.error(lines.error().message());
  }
  co_return json_response(audits_json(*lines));
}

// ---- recoveries ----------------------------------------------------------------------------------------------------

enum class Recoveries { enabled, disabled };

auto switch_recoveries(Recoveries to) {
  return [to](const Call&, const RequestContext&) -> Wanted {
    const std::string word = to == Recoveries::disabled ? "disabled" : "enabled";
    return Change{{state::SwitchRecoveries{to == Recoveries::disabled}}, [word](const Call& then, const Answers&) {
                    return then.envelope.ok("Globally " + word + " recoveries", json_text(word));
                  }};
  };
}

asio::awaitable<Response> check_recoveries(const ApiServices& services, RequestContext) {
  const auto disabled = co_await services.memory.recoveries_disabled();
  const Call call(services);
  if (!disabled) {
    co_return call.envelope.error(disabled.error().message());
  }
  const std::string word = *disabled ? "disabled" : "enabled";
  co_return call.envelope.ok("Global recoveries " + word, json_text(word));
}

// ---- clusters ------------------------------------------------------------------------------------------------------

asio::awaitable<Response> set_cluster_alias(const ApiServices& services, RequestContext context) {
  const Call call(services);
  const auto index = cluster_index(context.parameters, services.fleet, *call.topology);
  if (!index) {
    co_return call.envelope.error(index.error().context);
  }
  const auto& cluster = call.topology->cluster(*index);
  const auto given = context.request.query.find("alias");
  const std::string alias = given == context.request.query.end() ? std::string() : given->second;
  std::vector<state::Command> commands;
  commands.emplace_back(state::SetClusterAlias{{cluster.id, alias}});
  const auto applied = co_await services.memory.apply(std::move(commands));
  if (!applied) {
    co_return call.envelope.error(applied.error().message());
  }
  // So that the record of the cluster, too, has the alias that it has now.
  const auto recorded = co_await services.fleet.recorded();
  if (!recorded) {
    co_return call.envelope.error(recorded.error().message());
  }
  co_return call.envelope.ok("Cluster " + context.parameters["clusterName"] + " now has alias '" + alias + "'");
}

// The legacy program kept them by the minute.
constexpr std::chrono::hours picture_lifetime{24 * 7};

asio::awaitable<Response> snapshot_topologies(const ApiServices& services, RequestContext) {
  const auto start = std::chrono::steady_clock::now();
  const Call before(services);
  const auto now = request_time(before);
  std::vector<state::Command> commands;
  commands.emplace_back(state::TakeTopologyPicture{now, now - picture_lifetime});
  const auto taken = co_await services.memory.apply(std::move(commands));
  const auto took = json_text("Took " + go_duration(std::chrono::steady_clock::now() - start));
  const Call call(services);
  if (!taken) {
    co_return call.envelope.error(taken.error().message(), took);
  }
  co_return call.envelope.ok("Topology Snapshot completed", took);
}

// ---- bulk ----------------------------------------------------------------------------------------------------------

Response bulk_instances(const Call& call, const RequestContext&) {
  std::vector<topology::InstanceKey> keys;
  for (const auto& node : call.topology->nodes()) {
    keys.push_back(node.key());
  }
  return json_response(keys_json(keys));
}

Response bulk_promotion_rules(const Call& call, const RequestContext&) {
  std::vector<state::Candidate> candidates;
  for (const auto& [key, candidate] : call.view.annotations->candidates) {
    if (candidate.expires_at > call.view.now) {
      candidates.push_back(candidate);
    }
  }
  return json_response(candidates_json(candidates));
}

}  // namespace

void add_record_routes(RouteTable& routes, const ApiPaths& paths) {
  for (const auto* pattern :
       {"audit", "audit/:page", "audit/instance/:host/:port", "audit/instance/:host/:port/:page"}) {
    routes.add_async(pattern, Access::anyone, Effect::reads, audit);
  }
  routes.alter("disable-global-recoveries", switch_recoveries(Recoveries::disabled));
  routes.alter("enable-global-recoveries", switch_recoveries(Recoveries::enabled));
  routes.add_async("check-global-recoveries", Access::anyone, Effect::reads, check_recoveries);
  routes.add_async("set-cluster-alias/:clusterName", Access::authorized, Effect::writes, set_cluster_alias);
  routes.add_async("snapshot-topologies", paths.submission, Effect::writes, snapshot_topologies);
  routes.read_authorized("bulk-instances", bulk_instances);
  routes.read_authorized("bulk-promotion-rules", bulk_promotion_rules);
}

}  // namespace orchestrator::api
