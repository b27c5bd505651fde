// Settings of failure detection, recovery and hooks.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "configuration/pattern.hpp"

namespace orchestrator {

struct RecoverySettings {
  bool reduce_analysis_count = true;
  std::chrono::minutes detection_block{60};
  std::chrono::minutes recovery_block_minutes{60};  // read only through recovery_block
  std::chrono::seconds recovery_block{3600};
  std::vector<Pattern> ignore_hostname_filters;
  std::vector<std::string> master_cluster_filters;
  std::vector<std::string> intermediate_master_cluster_filters;
  bool recover_non_writeable_master = false;
  bool co_master_must_promote_other_co_master = true;
  bool detach_lost_replicas = true;
  bool apply_mysql_promotion = true;
  bool prevent_cross_data_center = false;
  bool prevent_cross_region = false;
  std::chrono::minutes lost_instances_downtime{0};
  bool detach_replica_master_host = false;
  std::chrono::minutes fail_promotion_on_lag{0};
  bool fail_promotion_if_sql_thread_behind = false;
  bool delay_promotion_if_sql_thread_behind = false;
  std::chrono::minutes postpone_replica_recovery_on_lag{0};
  std::vector<Pattern> promotion_ignore_hostname_filters;
  bool enforce_exact_semi_sync_replicas = false;
  bool recover_locked_semi_sync_master = false;
  std::chrono::seconds reasonable_locked_semi_sync_master{0};
  bool expect_failure_analysis_consensus = true;
};

// Commands run by the shell, in order.
struct HookSettings {
  std::string shell = "bash";
  std::vector<std::string> on_failure_detection;
  std::vector<std::string> pre_graceful_takeover;
  std::vector<std::string> pre_failover;
  std::vector<std::string> post_master_failover;
  std::vector<std::string> post_intermediate_master_failover;
  std::vector<std::string> post_failover;
  std::vector<std::string> post_unsuccessful_failover;
  std::vector<std::string> post_graceful_takeover;
  std::vector<std::string> post_take_master;
};

}  // namespace orchestrator
