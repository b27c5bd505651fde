// The conversion of Raft settings.
#include "server/group_settings.hpp"

#include <utility>

#include "configuration/address.hpp"

namespace orchestrator {
namespace {

constexpr std::string_view in_memory = ":memory:";

api::GroupRole to_api(const group::GroupStatus& status) {
  switch (status.role) {
    case consensus::Role::leader:
      return api::GroupRole::leader;
    case consensus::Role::follower:
      return status.members.empty() ? api::GroupRole::candidate : api::GroupRole::follower;
    case consensus::Role::pre_candidate:
    case consensus::Role::candidate:
      return api::GroupRole::candidate;
  }
  return api::GroupRole::shutdown;
}

}  // namespace

group::GroupOptions group_options(const Configuration& configuration) {
  const auto& raft = configuration.raft;
  group::GroupOptions options;
  if (!raft.enabled) {
    const auto& file = configuration.backend.sqlite_file;
    const bool keeps_nothing = configuration.backend.kind == BackendKind::sqlite && file == in_memory;
    options.folder = keeps_nothing ? std::string() : file + ".raft";
    options.address = "alone";
    return options;
  }
  options.folder = raft.data_dir;
  options.listen = raft.bind;
  options.address = raft.advertise;
  options.nodes = raft.nodes;
  options.seeds = raft.join;
  if (!raft.ssl_ca_file.empty()) {
    consensus::TcpTls tls;
    tls.ca_file = raft.ssl_ca_file;
    tls.certificate_file = raft.ssl_cert_file;
    tls.key_file = raft.ssl_private_key_file;
    options.tls = std::move(tls);
  }
  return options;
}

std::string own_uri(const Configuration& configuration, const std::string& hostname, std::uint16_t port) {
  if (!configuration.http.advertise.empty()) {
    return configuration.http.advertise;
  }
  HostPort address{hostname, port};
  const auto listened = parse_listen_address(configuration.http.listen_address);
  if (configuration.raft.enabled) {
    address.host = parse_host_port(configuration.raft.advertise, port).value_or(address).host;
  } else if (listened && !listened->host.empty()) {
    address.host = listened->host;
  }
  return (configuration.api_tls.use_ssl ? "https://" : "http://") + to_text(address);
}

api::GroupStatus to_api(const group::GroupStatus& status, const Configuration& configuration, std::string leader_uri) {
  const auto& raft = configuration.raft;
  api::GroupStatus group;
  group.role = to_api(status);
  group.bind = raft.bind;
  group.advertise = raft.advertise;
  group.leader_uri = std::move(leader_uri);
  group.quorum = status.is_part_of_quorum ? api::GroupStatus::Quorum::present : api::GroupStatus::Quorum::lost;
  if (!raft.enabled) {
    group.leader = status.leader_address.empty() ? "" : raft.advertise;
    group.peers = {raft.advertise};
    group.healthy_members = {raft.advertise};
    return group;
  }
  group.leader = status.leader_address;
  for (const auto& member : status.members) {
    if (member.kind == group::GroupMember::Kind::learner) {
      continue;  // it does not count yet
    }
    group.peers.push_back(member.address);
    if (member.heard) {
      group.healthy_members.push_back(member.address);
    }
  }
  return group;
}

}  // namespace orchestrator
