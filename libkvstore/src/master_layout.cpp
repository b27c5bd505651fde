// Which keys tell clients who the master of a cluster is.
#include "kvstore/master_layout.hpp"

#include <algorithm>

#include "folder.hpp"

namespace kvstore {
namespace {

std::string host_and_port(const ClusterMaster& master) {
  const bool needs_brackets = master.hostname.find(':') != std::string::npos && !master.hostname.starts_with('[');
  const std::string host = needs_brackets ? "[" + master.hostname + "]" : master.hostname;
  return host + ":" + std::to_string(master.port);
}

const Entry* find_entry(std::span<const Entry> ordered, std::string_view key) {
  const auto found =
      std::ranges::lower_bound(ordered, key, {}, [](const Entry& entry) -> std::string_view { return entry.key; });
  return found != ordered.end() && found->key == key ? &*found : nullptr;
}

}  // namespace

std::string master_key_prefix(std::string_view configured) {
  return std::string(without_trailing_slashes(configured)) + "/";
}

std::vector<KeyValue> master_pairs(std::string_view prefix, const ClusterMaster& master) {
  if (master.alias.empty()) return {};
  const std::string key = master_key_prefix(prefix) + master.alias;
  return {
      {key, host_and_port(master)}, {key + "/hostname", master.hostname}, {key + "/port", std::to_string(master.port)},
      {key + "/ipv4", master.ipv4}, {key + "/ipv6", master.ipv6},
  };
}

Result<void> check_master(std::string_view prefix, const ClusterMaster& master) {
  if (master.hostname.empty() || master.port == 0) {
    return make_error(Errc::invalid_argument, "master of " + master.alias + " has no host name or no port");
  }
  for (const KeyValue& pair : master_pairs(prefix, master)) {
    if (auto valid = check_key(pair.key); !valid) return valid;
  }
  return {};
}

Transaction changes(std::span<const KeyValue> wanted, std::span<const Entry> observed) {
  Transaction transaction;
  bool differs = false;
  for (const KeyValue& pair : wanted) {
    const Entry* entry = find_entry(observed, pair.key);
    if (entry != nullptr && entry->value == pair.value) {
      transaction.emplace_back(Check{pair.key, entry->version});
    } else {
      transaction.emplace_back(Put{pair.key, pair.value, entry != nullptr ? entry->version : Version::absent});
      differs = true;
    }
  }
  return differs ? transaction : Transaction{};
}

}  // namespace kvstore
