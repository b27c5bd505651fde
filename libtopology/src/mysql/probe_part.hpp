// The parts of a probe: each is one statement that fills some fields of an instance.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "topology/mysql/result_set.hpp"

namespace topology::mysql {

enum class Part : std::uint8_t {
  maxscale_version,
  session_settings,
  version,
  variable_names,
  variables,
  channels,
  status,
  binlog_position,
  replicas,
  dump_threads,
  group_members,
  ndb_sql_nodes,
  stored_credentials,
  lag,
  data_center,
  region,
  physical_environment,
  instance_alias,
  cluster_alias,
  cluster_domain,
  promotion_rule,
  semi_sync_priority,
  pseudo_gtid,
};

inline constexpr std::size_t part_count = static_cast<std::size_t>(Part::pseudo_gtid) + 1;

// What warnings call the part.
[[nodiscard]] constexpr std::string_view name_of(Part part) noexcept {
  constexpr std::array<std::string_view, part_count> names{
      "MaxScale version",
      "session settings",
      "server version",
      "names of system variables",
      "system variables",
      "replication status",
      "server status",
      "binary log position",
      "replicas from the list of registered replicas",
      "replicas from the processlist",
      "group replication members",
      "SQL nodes of the NDB cluster",
      "stored replication credentials",
      "ReplicationLagQuery",
      "DetectDataCenterQuery",
      "DetectRegionQuery",
      "DetectPhysicalEnvironmentQuery",
      "DetectInstanceAliasQuery",
      "DetectClusterAliasQuery",
      "DetectClusterDomainQuery",
      "DetectPromotionRuleQuery",
      "DetectSemiSyncEnforcedQuery",
      "DetectPseudoGTIDQuery",
  };
  return names[static_cast<std::size_t>(part)];
}

// Without these there is no measurement.
[[nodiscard]] constexpr bool is_essential(Part part) noexcept {
  return part == Part::version || part == Part::variable_names || part == Part::variables || part == Part::channels;
}

// What one probe got, by part; nothing for parts that failed or were not asked.
class PartResults {
 public:
  [[nodiscard]] std::optional<ResultSet>& operator[](Part part) noexcept {
    return results_[static_cast<std::size_t>(part)];
  }
  // An empty result set for nothing.
  [[nodiscard]] const ResultSet& get(Part part) const noexcept {
    static const ResultSet nothing;
    const auto& result = results_[static_cast<std::size_t>(part)];
    return result ? *result : nothing;
  }
  // Takes over what the other has.
  void merge(PartResults&& other) {
    for (std::size_t i = 0; i < part_count; ++i) {
      if (other.results_[i]) {
        results_[i] = std::move(other.results_[i]);
      }
    }
  }
  [[nodiscard]] bool has(Part part) const noexcept { return results_[static_cast<std::size_t>(part)].has_value(); }

 private:
  std::array<std::optional<ResultSet>, part_count> results_;
};

}  // namespace topology::mysql
