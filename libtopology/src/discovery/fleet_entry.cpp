// What follows for discovery from one measurement.
#include "discovery/fleet_entry.hpp"

namespace topology {

Neighbours neighbours_of(const Instance& instance) {
  Neighbours found;
  for (const auto& channel : instance.channels) {
    if (channel.source.is_valid() && channel.source != instance.key) {
      found.masters.push_back(channel.source);
    }
  }
  for (const auto& replica : instance.replicas) {
    if (replica.is_valid() && replica != instance.key) {
      found.replicas.push_back(replica);
    }
  }
  for (const auto& member : instance.group.members) {
    if (member.is_valid() && member != instance.key) {
      found.replicas.push_back(member);
    }
  }
  return found;
}

bool is_same_server(const Instance& one, const Instance& other) noexcept {
  return !one.server_uuid.empty() && one.server_uuid == other.server_uuid;
}

std::string own_name(const Instance& instance, ServerNameMethod method) {
  switch (method) {
    case ServerNameMethod::none:
      return {};
    case ServerNameMethod::hostname:
      return instance.hostname;
    case ServerNameMethod::report_host:
      return instance.report_host;
  }
  return {};
}

}  // namespace topology
