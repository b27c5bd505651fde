// Keys of failure detection, recovery and hooks.
#include "configuration/field.hpp"

namespace orchestrator::key_table {
namespace {

template <auto M>
constexpr Key recovery(std::string_view name, std::string_view meaning) {
  return Key{name, field<&Configuration::recovery, M>, meaning}.without_effect();
}
using R = RecoverySettings;
constexpr Key recovery_keys[] = {
    recovery<&R::reduce_analysis_count>("ReduceReplicationAnalysisCount", "Analyse only instances that may matter."),
    recovery<&R::detection_block>("FailureDetectionPeriodBlockMinutes", "How long a detected failure stays active."),
    recovery<&R::recovery_block_minutes>("RecoveryPeriodBlockMinutes",
                                         "RecoveryPeriodBlockSeconds in minutes, used when that key is absent."),
    recovery<&R::recovery_block>("RecoveryPeriodBlockSeconds",
                                 "Time after a recovery within which the cluster is not recovered again."),
    recovery<&R::ignore_hostname_filters>("RecoveryIgnoreHostnameFilters", "Hosts that are never analysed."),
    recovery<&R::master_cluster_filters>(
        "RecoverMasterClusterFilters",
        "Clusters whose master is recovered: pattern or name, alias, alias=TEXT, alias~=PATTERN, *."),
    recovery<&R::intermediate_master_cluster_filters>("RecoverIntermediateMasterClusterFilters",
                                                      "The same for intermediate masters and group members."),
    recovery<&R::recover_non_writeable_master>("RecoverNonWriteableMaster", "Make a read-only master writable."),
    recovery<&R::co_master_must_promote_other_co_master>("CoMasterRecoveryMustPromoteOtherCoMaster",
                                                         "Promote only the other co-master of a dead one."),
    recovery<&R::detach_lost_replicas>("DetachLostSlavesAfterMasterFailover",
                                       "Another name of DetachLostReplicasAfterMasterFailover.")
        .same_as("DetachLostReplicasAfterMasterFailover"),
    recovery<&R::detach_lost_replicas>("DetachLostReplicasAfterMasterFailover",
                                       "Detach replicas that could not follow the promoted one."),
    recovery<&R::apply_mysql_promotion>("ApplyMySQLPromotionAfterMasterFailover",
                                        "Reset replication and read_only of the promoted server."),
    recovery<&R::prevent_cross_data_center>("PreventCrossDataCenterMasterFailover",
                                            "Promote only in the data center of the lost master."),
    recovery<&R::prevent_cross_region>("PreventCrossRegionMasterFailover",
                                       "Promote only in the region of the lost master."),
    recovery<&R::lost_instances_downtime>("MasterFailoverLostInstancesDowntimeMinutes",
                                          "Downtime of instances that a recovery lost."),
    recovery<&R::detach_replica_master_host>("MasterFailoverDetachSlaveMasterHost",
                                             "Another name of MasterFailoverDetachReplicaMasterHost.")
        .same_as("MasterFailoverDetachReplicaMasterHost"),
    recovery<&R::detach_replica_master_host>("MasterFailoverDetachReplicaMasterHost",
                                             "Detach the promoted server from its former master."),
    recovery<&R::fail_promotion_on_lag>("FailMasterPromotionOnLagMinutes",
                                        "Lag at which a promotion is given up; needs ReplicationLagQuery."),
    recovery<&R::fail_promotion_if_sql_thread_behind>("FailMasterPromotionIfSQLThreadNotUpToDate",
                                                      "Give up a promotion when relay logs are not all applied."),
    recovery<&R::delay_promotion_if_sql_thread_behind>("DelayMasterPromotionIfSQLThreadNotUpToDate",
                                                       "Apply all relay logs before a promotion."),
    recovery<&R::postpone_replica_recovery_on_lag>("PostponeSlaveRecoveryOnLagMinutes",
                                                   "Another name of PostponeReplicaRecoveryOnLagMinutes.")
        .same_as("PostponeReplicaRecoveryOnLagMinutes"),
    recovery<&R::postpone_replica_recovery_on_lag>("PostponeReplicaRecoveryOnLagMinutes",
                                                   "Replicas delayed by more than this are moved last."),
    recovery<&R::promotion_ignore_hostname_filters>("PromotionIgnoreHostnameFilters", "Hosts never promoted."),
    recovery<&R::enforce_exact_semi_sync_replicas>("EnforceExactSemiSyncReplicas",
                                                   "Keep exactly as many semi-sync replicas as the master waits for."),
    recovery<&R::recover_locked_semi_sync_master>("RecoverLockedSemiSyncMaster",
                                                  "Enable semi-sync replicas when a master waits for too few."),
    recovery<&R::reasonable_locked_semi_sync_master>(
        "ReasonableLockedSemiSyncMasterSeconds",
        "Time a master may wait for acknowledgements; 0 is ReasonableReplicationLagSeconds."),
    recovery<&R::expect_failure_analysis_consensus>("ExpectFailureAnalysisConcensus", "Unused."),
};

template <auto M>
constexpr Key hook(std::string_view name, std::string_view meaning) {
  return Key{name, field<&Configuration::hooks, M>, meaning}.without_effect();
}
using H = HookSettings;
constexpr Key hook_keys[] = {
    hook<&H::shell>("ProcessesShellCommand", "Shell that runs the commands."),
    hook<&H::on_failure_detection>("OnFailureDetectionProcesses", "Run on a detection; a failure ends the recovery."),
    hook<&H::pre_graceful_takeover>("PreGracefulTakeoverProcesses", "Run before a takeover; a failure ends it."),
    hook<&H::pre_failover>("PreFailoverProcesses", "Run before a recovery; a failure ends it."),
    hook<&H::post_master_failover>("PostMasterFailoverProcesses", "Run after a master was recovered."),
    hook<&H::post_intermediate_master_failover>("PostIntermediateMasterFailoverProcesses",
                                                "Run after an intermediate master was recovered."),
    hook<&H::post_failover>("PostFailoverProcesses", "Run after any successful recovery."),
    hook<&H::post_unsuccessful_failover>("PostUnsuccessfulFailoverProcesses", "Run after a failed recovery."),
    hook<&H::post_graceful_takeover>("PostGracefulTakeoverProcesses", "Run after a takeover."),
    hook<&H::post_take_master>("PostTakeMasterProcesses", "Run after a replica and its master changed places."),
};

}  // namespace

std::vector<Section> recovery_sections() {
  return {{"Detection and recovery", recovery_keys}, {"Hooks", hook_keys}};
}

}  // namespace orchestrator::key_table
