// Which keys tell clients who the master of a cluster is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kvstore/transaction.hpp"

namespace kvstore {

// A cluster and its master, as clients shall see them. The addresses may be empty when they are not known.
struct ClusterMaster {
  std::string alias{};
  std::string hostname{};  // a name or an address; an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string ipv4{};
  std::string ipv6{};
  friend bool operator==(const ClusterMaster&, const ClusterMaster&) = default;
};

// The prefix as it stands in front of an alias: exactly one '/' at the end ("mysql/master" and "mysql/master///" both
// give "mysql/master/"; an empty one gives "/").
[[nodiscard]] std::string master_key_prefix(std::string_view configured);

// The pairs of one cluster, in this order, with P the prefix and A the alias:
//   PA = host:port, PA/hostname, PA/port, PA/ipv4, PA/ipv6
// None for an empty alias. An IPv6 address stands in brackets before the port.
[[nodiscard]] std::vector<KeyValue> master_pairs(std::string_view prefix, const ClusterMaster& master);

// Why these pairs cannot be published (no host, no port, a key no store takes), or nothing.
[[nodiscard]] Result<void> check_master(std::string_view prefix, const ClusterMaster& master);

// The transaction that turns what was observed into `wanted`: writes for the pairs that differ, checks for the others,
// all of them guarded by the versions observed. Empty when nothing differs. `observed` is ordered by key; entries of
// other keys are ignored.
[[nodiscard]] Transaction changes(std::span<const KeyValue> wanted, std::span<const Entry> observed);

}  // namespace kvstore
