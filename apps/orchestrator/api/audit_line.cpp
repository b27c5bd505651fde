// The legacy audit line.
#include "api/audit_line.hpp"

namespace orchestrator::api {

state::Time request_time(const Call& call) {
  return std::chrono::time_point_cast<state::Time::duration>(call.view.now);
}

state::Command audit_line(const Call& call, const std::string& type, const topology::InstanceKey& key,
                          const std::string& message) {
  state::Audit audit{.at = request_time(call), .type = type, .key = key, .message = message};
  if (const auto index = call.topology->find(key)) {
    audit.cluster_name = call.topology->cluster_of(call.topology->node(*index)).name;
  }
  return state::RecordAudit{std::move(audit)};
}

}  // namespace orchestrator::api
