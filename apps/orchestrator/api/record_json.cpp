// The legacy forms of Maintenance, Audit and CandidateDatabaseInstance.
#include "api/record_json.hpp"

#include <algorithm>

#include "api/instance_document.hpp"
#include "api/json_writer.hpp"
#include "api/timestamps.hpp"

namespace orchestrator::api {

std::string maintenances_json(const std::vector<state::Maintenance>& maintenances, topology::SystemTime now) {
  JsonWriter out;
  out.begin_array();
  for (const auto& each : maintenances) {
    const auto elapsed = std::chrono::floor<std::chrono::seconds>(now - each.begins_at);
    out.begin_object().key("MaintenanceId").number(each.id).key("Key");
    write_key(out, each.key);
    out.key("BeginTimestamp").text(timestamp(each.begins_at));
    out.key("SecondsElapsed").number(std::max<std::int64_t>(elapsed.count(), 0));
    out.key("IsActive").boolean(each.active).key("Owner").text(each.owner).key("Reason").text(each.reason);
    out.end_object();
  }
  return out.end_array().take();
}

std::string audits_json(const std::vector<state::Audit>& audits) {
  JsonWriter out;
  out.begin_array();
  for (const auto& each : audits) {
    out.begin_object().key("AuditId").number(each.id).key("AuditTimestamp").text(timestamp(each.at));
    out.key("AuditType").text(each.type).key("AuditInstanceKey");
    write_key(out, each.key);
    out.key("Message").text(each.message).end_object();
  }
  return out.end_array().take();
}

std::string candidates_json(const std::vector<state::Candidate>& candidates) {
  if (candidates.empty()) {
    return "null";
  }
  JsonWriter out;
  out.begin_array();
  for (const auto& each : candidates) {
    out.begin_object().key("Hostname").text(each.key.hostname).key("Port").number(each.key.port);
    out.key("PromotionRule").text(to_string(each.rule));
    out.key("LastSuggestedString").text(timestamp(each.registered_at));
    out.key("PromotionRuleExpiry").text(timestamp(each.expires_at)).end_object();
  }
  return out.end_array().take();
}

std::string keys_json(const std::vector<topology::InstanceKey>& keys) {
  JsonWriter out;
  write_keys(out, keys);
  return out.take();
}

}  // namespace orchestrator::api
