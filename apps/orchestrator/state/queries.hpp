// What the longer lists of the state can be asked for.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "state/records.hpp"

namespace orchestrator::state {

struct Page {
  std::uint64_t skipped = 0;
  std::uint64_t size = std::numeric_limits<std::int64_t>::max();
};

// Conditions that are not set do not restrict.
struct AuditQuery {
  std::optional<InstanceKey> instance{};
  Page page{};
};

struct DetectionQuery {
  std::optional<std::uint64_t> id{};
  std::optional<std::string> cluster_alias{};
  Page page{};
};

enum class RecoveryStage { any, running, ended };
enum class RecoveryNotice { any, unacknowledged };

struct RecoveryQuery {
  std::optional<std::uint64_t> id{};
  std::optional<std::string> uid{};
  std::optional<std::string> cluster_id{};
  std::optional<std::string> cluster_name{};
  std::optional<std::string> cluster_alias{};
  std::optional<InstanceKey> successor{};
  std::optional<Time> ended_since{};
  RecoveryStage stage = RecoveryStage::any;
  RecoveryNotice notice = RecoveryNotice::any;
  Page page{};
};

}  // namespace orchestrator::state
