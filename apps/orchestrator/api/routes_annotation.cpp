// Routes by which operators say something of one instance: downtime, maintenance, promotion rule, its other name.
#include <algorithm>
#include <charconv>
#include <optional>
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
using topology::InstanceKey;
using Answers = std::vector<state::Answer>;
using Wanted = std::variant<Response, Change>;

// The legacy program's for downtime and maintenance alike.
constexpr std::chrono::minutes usual_length{10};

// What a handler wants for the instance that the path means, or the error of a path that means none.
template <class Function>
Wanted with_instance(const Call& call, const RequestContext& context, Function wanted) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  return key ? wanted(*key) : Wanted(call.envelope.error(key.error().context));
}

// Answers with the key.
auto says(std::string message, const InstanceKey& key) {
  return [message = std::move(message), key](const Call& call, const Answers&) {
    return call.envelope.ok(message, key_json(key));
  };
}

// ---- downtime ------------------------------------------------------------------------------------------------------

Wanted begin_downtime(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    std::chrono::seconds length{0};
    if (context.parameters.has("duration")) {
      const auto duration = parse_simple_duration(context.parameters["duration"]);
      if (!duration) {
        return call.envelope.error(duration.error().context);
      }
      length = *duration;
    }
    const auto begin = request_time(call);
    const state::Downtime downtime{.key = key,
                                   .owner = context.parameters["owner"],
                                   .reason = context.parameters["reason"],
                                   .begins_at = begin,
                                   .ends_at = begin + (length.count() == 0 ? usual_length : length)};
    return Change{
        {state::BeginDowntime{downtime},
         audit_line(call, "begin-downtime", key, "owner: " + downtime.owner + ", reason: " + downtime.reason)},
        says("Downtime begun: " + key.to_string(), key)};
  });
}

Wanted end_downtime(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    Change change{{state::EndDowntime{key}}, says("Downtime ended: " + key.to_string(), key)};
    if (call.view.annotations->downtimes.contains(key)) {
      change.commands.push_back(audit_line(call, "end-downtime", key, ""));
    }
    return change;
  });
}

// Downtimed instances, of one cluster or of all.
Response downtimed(const Call& call, const RequestContext& context) {
  std::optional<topology::ClusterIndex> only;
  if (context.parameters.has("clusterHint")) {
    const auto found = cluster_index(context.parameters, call.services.fleet, *call.topology);
    if (!found) {
      return call.envelope.error(found.error().context);
    }
    only = *found;
  }
  std::vector<topology::NodeIndex> indexes;
  const auto nodes = call.topology->nodes();
  for (topology::NodeIndex index = 0; index < nodes.size(); ++index) {
    const auto& node = nodes[index];
    if ((!only || node.cluster == *only) && downtime_of(*call.view.annotations, node.key(), call.view.now)) {
      indexes.push_back(index);
    }
  }
  return json_response(instances_json(*call.topology, indexes, call.view));
}

// ---- maintenance ---------------------------------------------------------------------------------------------------

state::Maintenance wanted_maintenance(const Call& call, const RequestContext& context, const InstanceKey& key) {
  const auto begin = request_time(call);
  return {.key = key,
          .owner = context.parameters["owner"],
          .reason = context.parameters["reason"],
          .begins_at = begin,
          .expires_at = begin + usual_length};
}

// The audit line names the token, which is known only when maintenance has begun.
asio::awaitable<Response> begin_maintenance(const ApiServices& services, RequestContext context) {
  const Call call(services);
  const auto key = instance_key(context.parameters, services.fleet, *call.topology);
  if (!key) {
    co_return call.envelope.error(key.error().context);
  }
  const auto maintenance = wanted_maintenance(call, context, *key);
  std::vector<state::Command> beginning;
  beginning.emplace_back(state::BeginMaintenance{maintenance});
  const auto begun = co_await services.memory.apply(std::move(beginning));
  if (!begun) {
    co_return call.envelope.error(begun.error().message(), "0");
  }
  const auto& answer = begun->front();
  if (answer.outcome != state::Outcome::done) {
    co_return call.envelope.error(
        "Cannot begin maintenance for instance: " + key->to_string() + "; maintenance reason: " + maintenance.reason,
        "0");
  }
  std::vector<state::Command> telling;
  telling.push_back(audit_line(call, "begin-maintenance", *key,
                               "maintenanceToken: " + std::to_string(answer.id) + ", owner: " + maintenance.owner +
                                   ", reason: " + maintenance.reason));
  // It has begun, whether or not the line can be written.
  [[maybe_unused]] const auto told = co_await services.memory.apply(std::move(telling));
  co_return call.envelope.ok("Maintenance begun: " + key->to_string(), key_json(*key));
}

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = code == std::errc{} && end == text.data() + text.size() && number != 0;
  return good ? std::optional(number) : std::nullopt;
}

Wanted end_maintenance(const Call& call, const RequestContext& context) {
  const auto& text = context.parameters["maintenanceKey"];
  const auto id = number_of(text);
  if (!id) {
    return call.envelope.error("Invalid maintenance key: " + text);
  }
  const auto number = std::to_string(*id);
  Change change;
  change.commands.emplace_back(state::EndMaintenance{.id = *id, .at = request_time(call)});
  for (const auto& [key, maintenance] : call.view.annotations->maintenances) {
    if (maintenance.id == *id) {
      change.commands.push_back(audit_line(call, "end-maintenance", key, "maintenanceToken: " + number));
    }
  }
  change.answer = [number](const Call& then, const Answers&) {
    return then.envelope.ok("Maintenance ended: " + number, number);
  };
  return change;
}

Wanted end_maintenance_of_instance(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    Change change{{state::EndMaintenance{.key = key, .at = request_time(call)}},
                  says("Maintenance ended: " + key.to_string(), key)};
    if (call.view.annotations->maintenances.contains(key)) {
      change.commands.push_back(audit_line(call, "end-maintenance", key, ""));
    }
    return change;
  });
}

Response in_maintenance(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  const bool is_so = maintenance_of(*call.view.annotations, *key, call.view.now) != nullptr;
  return call.envelope.ok(is_so ? "true" : "false", json_text(is_so ? key->to_string() : ""));
}

Response maintenance_list(const Call& call, const RequestContext&) {
  std::vector<state::Maintenance> active;
  for (const auto& [key, maintenance] : call.view.annotations->maintenances) {
    if (maintenance_of(*call.view.annotations, key, call.view.now)) {
      active.push_back(maintenance);
    }
  }
  std::ranges::sort(active, {}, &state::Maintenance::id);
  return json_response(maintenances_json(active, call.view.now));
}

// ---- promotion rule, other name ------------------------------------------------------------------------------------

topology::Result<topology::PromotionRule> rule_of(const std::string& text) {
  const auto rule = topology::parse_promotion_rule(text);
  if (!rule) {
    return topology::make_error(topology::Errc::parse_error, "Invalid CandidatePromotionRule: " + text);
  }
  if (*rule == topology::PromotionRule::must) {
    return topology::make_error(topology::Errc::parse_error, "CandidatePromotionRule: must not supported yet");
  }
  return *rule;
}

Wanted register_candidate(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    const auto& text = context.parameters["promotionRule"];
    const auto rule = rule_of(text);
    if (!rule) {
      return call.envelope.error(rule.error().context);
    }
    const auto now = request_time(call);
    const state::Candidate candidate{
        .key = key, .rule = *rule, .registered_at = now, .expires_at = now + call.settings->candidate_lifetime};
    return Change{{state::RegisterCandidate{candidate}, audit_line(call, "register-candidate", key, text)},
                  says("Registered candidate", key)};
  });
}

Wanted register_hostname_unresolve(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    const state::HostnameUnresolve unresolve{key.hostname, context.parameters["virtualname"], request_time(call)};
    return Change{{state::RegisterHostnameUnresolve{unresolve}}, says("Hostname register-unresolve completed", key)};
  });
}

Wanted deregister_hostname_unresolve(const Call& call, const RequestContext& context) {
  return with_instance(call, context, [&](const InstanceKey& key) -> Wanted {
    return Change{{state::DeregisterHostnameUnresolve{key.hostname}},
                  says("Hostname deregister-unresolve completed", key)};
  });
}

}  // namespace

void add_annotation_routes(RouteTable& routes) {
  routes.alter("begin-downtime/:host/:port/:owner/:reason", begin_downtime);
  routes.alter("begin-downtime/:host/:port/:owner/:reason/:duration", begin_downtime);
  routes.alter("end-downtime/:host/:port", end_downtime);
  routes.read("downtimed", downtimed);
  routes.read("downtimed/:clusterHint", downtimed);
  routes.add_async("begin-maintenance/:host/:port/:owner/:reason", Access::authorized, Effect::writes,
                   begin_maintenance);
  routes.alter("end-maintenance/:host/:port", end_maintenance_of_instance);
  routes.alter("end-maintenance/:maintenanceKey", end_maintenance);
  routes.read("in-maintenance/:host/:port", in_maintenance);
  routes.read("maintenance", maintenance_list);
  routes.alter("register-candidate/:host/:port/:promotionRule", register_candidate);
  routes.alter("register-hostname-unresolve/:host/:port/:virtualname", register_hostname_unresolve);
  routes.alter("deregister-hostname-unresolve/:host/:port", deregister_hostname_unresolve);
}

}  // namespace orchestrator::api
