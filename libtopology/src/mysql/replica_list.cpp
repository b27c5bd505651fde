// Matching of registered replicas with binary log dump threads.
#include "mysql/replica_list.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace topology::mysql {
namespace {

using Hosts = std::vector<std::string>;

bool is_loopback(std::string_view host) noexcept {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// "host:port" of a connection, where host may be an IPv6 address without brackets.
std::string host_of_thread(std::string_view text, const InstanceKey& own) {
  const auto colon = text.rfind(':');
  const auto host = text.substr(0, colon);
  const bool same_machine = host == "localhost" || (is_loopback(host) && !is_loopback(own.hostname));
  return std::string(same_machine ? std::string_view(own.hostname) : host);
}

// SHOW SLAVE HOSTS of MariaDB fills an empty report_host with the connection's host.
std::string host_of_row(std::string_view host, const InstanceKey& own) {
  return std::string(host == "localhost" ? std::string_view(own.hostname) : host);
}

struct Registered {
  std::vector<InstanceKey> named;
  std::vector<std::uint16_t> unnamed_ports;
};

Registered read_registered(const ResultSet& rows, const InstanceKey& own) {
  Registered result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    const auto reported = row.number<std::uint16_t>("Port").value_or(0);
    const auto port = reported == 0 ? own.port : reported;
    if (const auto host = row.text("Host"); host.empty()) {
      result.unnamed_ports.push_back(port);
    } else {
      result.named.push_back({host_of_row(host, own), port});
    }
  }
  return result;
}

Hosts read_thread_hosts(const ResultSet& rows, const InstanceKey& own) {
  Hosts hosts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto text = rows.row(i).text("HOST"); !text.empty()) {
      hosts.push_back(host_of_thread(text, own));
    }
  }
  std::ranges::sort(hosts);
  return hosts;
}

// Takes the threads of named replicas out of hosts; returns how many named replicas found none by text.
std::size_t take_out_named(Hosts& hosts, const std::vector<InstanceKey>& named) {
  std::size_t unmatched = 0;
  for (const auto& replica : named) {
    const auto found = std::ranges::find(hosts, replica.hostname);
    if (found == hosts.end()) {
      ++unmatched;
    } else {
      hosts.erase(found);
    }
  }
  return unmatched;
}

template <class Value>
std::vector<Value> distinct(std::vector<Value> values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
  return values;
}

// Replicas for rows without a host and for threads without a row; nothing when it cannot be told which is which.
std::optional<std::vector<InstanceKey>> guess(const Hosts& left_hosts, const std::vector<std::uint16_t>& unnamed_ports,
                                              std::size_t unmatched_named, const InstanceKey& own) {
  std::vector<InstanceKey> replicas;
  const auto hosts = distinct(left_hosts);  // a replica that reconnected may have left a second thread
  if (unnamed_ports.empty() && hosts.size() <= unmatched_named) {
    return replicas;  // each thread belongs to a replica that reported a host
  }
  if (unmatched_named > 0) {
    return std::nullopt;
  }
  if (unnamed_ports.empty()) {
    for (const auto& host : hosts) {
      replicas.push_back({host, own.port});
    }
    return replicas;
  }
  const auto ports = distinct(unnamed_ports);
  if (hosts.empty() || (hosts.size() > 1 && ports.size() > 1)) {
    return std::nullopt;
  }
  for (const auto& host : hosts) {
    for (const auto port : ports) {
      replicas.push_back({host, port});
    }
  }
  return replicas;
}

}  // namespace

ReplicaList merge_replicas(const ResultSet& registered, const ResultSet& dump_threads, const InstanceKey& own) {
  auto [named, unnamed_ports] = read_registered(registered, own);
  auto hosts = read_thread_hosts(dump_threads, own);
  const auto unmatched = take_out_named(hosts, named);
  const auto guessed = guess(hosts, unnamed_ports, unmatched, own);
  ReplicaList result;
  result.replicas = std::move(named);
  if (guessed) {
    result.replicas.insert(result.replicas.end(), guessed->begin(), guessed->end());
  } else {
    result.doubt = std::to_string(std::max(unnamed_ports.size(), std::size_t{1})) +
                   " replica(s) could not be identified; set report_host (and report_port) on the replicas";
  }
  result.replicas = distinct(std::move(result.replicas));
  return result;
}

}  // namespace topology::mysql
