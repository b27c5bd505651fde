// Look-ups in the table of configuration keys.
#include "configuration/key.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace orchestrator {
namespace {

constexpr std::array<std::string_view, 17> deprecated = {
    "DatabaselessMode__experimental",
    "BufferBinlogEvents",
    "BinlogFileHistoryDays",
    "MaintenanceOwner",
    "ReadLongRunningQueries",
    "DiscoveryPollSeconds",
    "ActiveNodeExpireSeconds",
    "AuditPageSize",
    "SlaveStartPostWaitMilliseconds",
    "MySQLTopologyMaxPoolConnections",
    "MaintenancePurgeDays",
    "MaintenanceExpireMinutes",
    "HttpTimeoutSeconds",
    "AgentAutoDiscover",
    "PseudoGTIDCoordinatesHistoryHeuristicMinutes",
    "PseudoGTIDPreferIndependentMultiMatch",
    "MaxOutdatedKeysToShow",
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

// Insertions, deletions, replacements and swaps of neighbours that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<Section> join_sections() {
  std::vector<Section> all;
  for (const auto& part :
       {key_table::service_sections(), key_table::security_sections(), key_table::topology_sections(),
        key_table::recovery_sections(), key_table::integration_sections()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

const std::vector<Section>& configuration_sections() {
  static const std::vector<Section> sections = join_sections();
  return sections;
}

const Key* find_key(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string, const Key*> map;
    for (const Section& section : configuration_sections()) {
      for (const Key& key : section.keys) map.emplace(lower(key.name), &key);
    }
    return map;
  }();
  const auto found = by_name.find(lower(name));
  return found == by_name.end() ? nullptr : found->second;
}

std::span<const std::string_view> deprecated_keys() {
  return deprecated;
}

bool is_deprecated_key(std::string_view name) {
  const auto wanted = lower(name);
  return std::any_of(deprecated.begin(), deprecated.end(),
                     [&](std::string_view known) { return lower(known) == wanted; });
}

std::string_view nearest_key(std::string_view name) {
  constexpr std::size_t longest_name = 64;
  if (name.size() > longest_name) return {};
  const auto wanted = lower(name);
  std::string_view nearest;
  std::size_t fewest = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const Section& section : configuration_sections()) {
    for (const Key& key : section.keys) {
      const auto distance = edit_distance(wanted, lower(key.name));
      if (distance >= fewest) continue;
      fewest = distance;
      nearest = key.name;
    }
  }
  return nearest;
}

}  // namespace orchestrator
