// The tables: names, columns, keys, and the versions that brought them.
#include "state/layout.hpp"
#include "state/tables.hpp"

namespace orchestrator::state {
namespace {

template <class Row>
struct Describe;

template <class Row>
Field<Row> host(std::uint32_t id) {
  return field<Row, &Row::key, &InstanceKey::hostname>(id, "hostname");
}
template <class Row>
Field<Row> port(std::uint32_t id) {
  return field<Row, &Row::key, &InstanceKey::port>(id, "port");
}

template <>
struct Describe<InstanceRecord> {
  using R = InstanceRecord;
  static Layout<R> layout() {
    return {
        1,
        "instance",
        1,
        {host<R>(1).key(), port<R>(2).key(), field<R, &R::cluster_id>(3, "cluster_id"),
         field<R, &R::master_key, &InstanceKey::hostname>(4, "master_hostname"),
         field<R, &R::master_key, &InstanceKey::port>(5, "master_port"), field<R, &R::server_uuid>(6, "server_uuid"),
         field<R, &R::last_seen>(7, "last_seen"), field<R, &R::record>(8, "record")}};
  }
};

template <>
struct Describe<ClusterRecord> {
  using R = ClusterRecord;
  static Layout<R> layout() {
    return {2,
            "cluster",
            1,
            {field<R, &R::id>(1, "id").key(), field<R, &R::name>(2, "name"), field<R, &R::alias>(3, "alias"),
             field<R, &R::domain>(4, "domain")}};
  }
};

template <>
struct Describe<HostnameResolve> {
  using R = HostnameResolve;
  static Layout<R> layout() {
    return {3,
            "hostname_resolve",
            1,
            {field<R, &R::hostname>(1, "hostname").key(), field<R, &R::resolved>(2, "resolved"),
             field<R, &R::resolved_at>(3, "resolved_at")}};
  }
};

template <>
struct Describe<KeyValue> {
  using R = KeyValue;
  static Layout<R> layout() {
    return {4, "key_value", 1, {field<R, &R::key>(1, "key").key(), field<R, &R::value>(2, "value")}};
  }
};

template <>
struct Describe<Number> {
  using R = Number;
  static Layout<R> layout() {
    return {5, "number", 2, {field<R, &R::name>(1, "name").key(), field<R, &R::value>(2, "value")}};
  }
};

template <>
struct Describe<ClusterAlias> {
  using R = ClusterAlias;
  static Layout<R> layout() {
    return {6, "cluster_alias", 2, {field<R, &R::cluster_id>(1, "cluster_id").key(), field<R, &R::alias>(2, "alias")}};
  }
};

template <>
struct Describe<HostnameUnresolve> {
  using R = HostnameUnresolve;
  static Layout<R> layout() {
    return {7,
            "hostname_unresolve",
            2,
            {field<R, &R::hostname>(1, "hostname").key(), field<R, &R::unresolved>(2, "unresolved"),
             field<R, &R::registered_at>(3, "registered_at")}};
  }
};

template <>
struct Describe<PastInstance> {
  using R = PastInstance;
  static Layout<R> layout() {
    return {8,
            "past_instance",
            2,
            {field<R, &R::taken_at>(1, "taken_at").key(), host<R>(2).key(), port<R>(3).key(),
             field<R, &R::master_key, &InstanceKey::hostname>(4, "master_hostname"),
             field<R, &R::master_key, &InstanceKey::port>(5, "master_port"), field<R, &R::cluster_id>(6, "cluster_id"),
             field<R, &R::cluster_name>(7, "cluster_name")}};
  }
};

template <>
struct Describe<Candidate> {
  using R = Candidate;
  static Layout<R> layout() {
    return {9,
            "candidate",
            2,
            {host<R>(1).key(), port<R>(2).key(), field<R, &R::rule>(3, "promotion_rule"),
             field<R, &R::registered_at>(4, "registered_at"), field<R, &R::expires_at>(5, "expires_at")}};
  }
};

template <>
struct Describe<Downtime> {
  using R = Downtime;
  static Layout<R> layout() {
    return {10,
            "downtime",
            2,
            {host<R>(1).key(), port<R>(2).key(), field<R, &R::owner>(3, "owner"), field<R, &R::reason>(4, "reason"),
             field<R, &R::begins_at>(5, "begins_at"), field<R, &R::ends_at>(6, "ends_at")}};
  }
};

template <>
struct Describe<Maintenance> {
  using R = Maintenance;
  static Layout<R> layout() {
    return {11,
            "maintenance",
            2,
            {field<R, &R::id>(1, "id").as(Role::assigned_key), host<R>(2).as(Role::required),
             port<R>(3).as(Role::required), field<R, &R::owner>(4, "owner"), field<R, &R::reason>(5, "reason"),
             field<R, &R::begins_at>(6, "begins_at"), field<R, &R::expires_at>(7, "expires_at"),
             field<R, &R::ended_at>(8, "ended_at"), field<R, &R::active>(9, "active")}};
  }
};

template <>
struct Describe<Tag> {
  using R = Tag;
  static Layout<R> layout() {
    return {12,
            "tag",
            2,
            {host<R>(1).key(), port<R>(2).key(), field<R, &R::name>(3, "name").key(), field<R, &R::value>(4, "value")}};
  }
};

template <>
struct Describe<PoolInstance> {
  using R = PoolInstance;
  static Layout<R> layout() {
    return {13,
            "pool_instance",
            2,
            {field<R, &R::pool>(1, "pool").key(), host<R>(2).key(), port<R>(3).key(),
             field<R, &R::registered_at>(4, "registered_at")}};
  }
};

template <>
struct Describe<Detection> {
  using R = Detection;
  static Layout<R> layout() {
    return {14,
            "detection",
            2,
            {field<R, &R::id>(1, "id").as(Role::assigned_key), host<R>(2).as(Role::required),
             port<R>(3).as(Role::required), field<R, &R::cluster_id>(4, "cluster_id"),
             field<R, &R::cluster_name>(5, "cluster_name"), field<R, &R::cluster_alias>(6, "cluster_alias"),
             field<R, &R::analysis>(7, "analysis"), field<R, &R::analysis_entry>(8, "analysis_entry"),
             field<R, &R::actionable>(9, "actionable"), field<R, &R::active>(10, "active"),
             field<R, &R::detected_at>(11, "detected_at"), field<R, &R::ended_at>(12, "ended_at"),
             field<R, &R::node_hostname>(13, "node_hostname"), field<R, &R::node_token>(14, "node_token")}};
  }
};

template <>
struct Describe<Recovery> {
  using R = Recovery;
  static Layout<R> layout() {
    return {15,
            "recovery",
            2,
            {field<R, &R::id>(1, "id").as(Role::assigned_key),
             field<R, &R::uid>(2, "uid").as(Role::required),
             field<R, &R::epoch>(3, "epoch"),
             host<R>(4).as(Role::required),
             port<R>(5).as(Role::required),
             field<R, &R::cluster_id>(6, "cluster_id").as(Role::required),
             field<R, &R::cluster_name>(7, "cluster_name"),
             field<R, &R::cluster_alias>(8, "cluster_alias"),
             field<R, &R::analysis>(9, "analysis"),
             field<R, &R::analysis_entry>(10, "analysis_entry"),
             field<R, &R::type>(11, "type"),
             field<R, &R::recovery_type>(12, "recovery_type"),
             field<R, &R::plan>(13, "plan"),
             field<R, &R::certificate>(14, "certificate"),
             field<R, &R::started_at>(15, "started_at"),
             field<R, &R::ended_at>(16, "ended_at"),
             field<R, &R::successful>(17, "successful"),
             field<R, &R::successor, &InstanceKey::hostname>(18, "successor_hostname"),
             field<R, &R::successor, &InstanceKey::port>(19, "successor_port"),
             field<R, &R::successor_alias>(20, "successor_alias"),
             field<R, &R::successor_coordinates>(21, "successor_coordinates"),
             field<R, &R::lost_replicas>(22, "lost_replicas"),
             field<R, &R::participants>(23, "participants"),
             field<R, &R::errors>(24, "errors"),
             field<R, &R::node_hostname>(25, "node_hostname"),
             field<R, &R::node_token>(26, "node_token"),
             field<R, &R::detection_id>(27, "detection_id"),
             field<R, &R::related_recovery_id>(28, "related_recovery_id"),
             field<R, &R::acknowledgement, &Acknowledgement::given>(29, "acknowledged"),
             field<R, &R::acknowledgement, &Acknowledgement::at>(30, "acknowledged_at"),
             field<R, &R::acknowledgement, &Acknowledgement::by>(31, "acknowledged_by"),
             field<R, &R::acknowledgement, &Acknowledgement::comment>(32, "acknowledgement_comment")}};
  }
};

template <>
struct Describe<RecoveryStep> {
  using R = RecoveryStep;
  static Layout<R> layout() {
    return {16,
            "recovery_step",
            2,
            {field<R, &R::recovery_uid>(1, "recovery_uid").key(), field<R, &R::id>(2, "id").as(Role::assigned_key),
             field<R, &R::epoch>(3, "epoch"), field<R, &R::at>(4, "at"), field<R, &R::name>(5, "name"),
             field<R, &R::phase>(6, "phase"), field<R, &R::message>(7, "message"), field<R, &R::record>(8, "record")}};
  }
};

template <>
struct Describe<BlockedRecovery> {
  using R = BlockedRecovery;
  static Layout<R> layout() {
    return {17,
            "blocked_recovery",
            2,
            {host<R>(1).key(), port<R>(2).key(), field<R, &R::cluster_id>(3, "cluster_id"),
             field<R, &R::cluster_name>(4, "cluster_name"), field<R, &R::analysis>(5, "analysis"),
             field<R, &R::blocked_at>(6, "blocked_at"), field<R, &R::blocking_recovery_id>(7, "blocking_recovery_id")}};
  }
};

template <>
struct Describe<Audit> {
  using R = Audit;
  static Layout<R> layout() {
    return {18,
            "audit",
            2,
            {field<R, &R::id>(1, "id").as(Role::assigned_key), field<R, &R::at>(2, "at"),
             field<R, &R::type>(3, "type").as(Role::required), host<R>(4), port<R>(5),
             field<R, &R::cluster_name>(6, "cluster_name"), field<R, &R::message>(7, "message")}};
  }
};

template <>
struct Describe<AccessToken> {
  using R = AccessToken;
  static Layout<R> layout() {
    return {19,
            "access_token",
            2,
            {field<R, &R::public_token>(1, "public_token").key(), field<R, &R::secret_digest>(2, "secret_digest"),
             field<R, &R::owner>(3, "owner"), field<R, &R::generated_at>(4, "generated_at"),
             field<R, &R::acquired_at>(5, "acquired_at")}};
  }
};

template <>
struct Describe<GroupNode> {
  using R = GroupNode;
  static Layout<R> layout() {
    return {21,
            "group_node",
            2,
            {field<R, &R::name>(1, "name").key(), field<R, &R::uri>(2, "uri"), field<R, &R::hostname>(3, "hostname"),
             field<R, &R::program_version>(4, "program_version"), field<R, &R::state_version>(5, "state_version")}};
  }
};

template <>
struct Describe<AppliedIndex> {
  using R = AppliedIndex;
  static Layout<R> layout() {
    return {20, "applied_index", 2, {field<R, &R::id>(1, "id").key(), field<R, &R::index>(2, "log_index")}};
  }
};

}  // namespace

template <class Row>
const Layout<Row>& layout_of() {
  static const Layout<Row> layout = Describe<Row>::layout();
  return layout;
}

template const Layout<InstanceRecord>& layout_of();
template const Layout<ClusterRecord>& layout_of();
template const Layout<HostnameResolve>& layout_of();
template const Layout<KeyValue>& layout_of();
template const Layout<Number>& layout_of();
template const Layout<ClusterAlias>& layout_of();
template const Layout<HostnameUnresolve>& layout_of();
template const Layout<PastInstance>& layout_of();
template const Layout<Candidate>& layout_of();
template const Layout<Downtime>& layout_of();
template const Layout<Maintenance>& layout_of();
template const Layout<Tag>& layout_of();
template const Layout<PoolInstance>& layout_of();
template const Layout<Detection>& layout_of();
template const Layout<Recovery>& layout_of();
template const Layout<RecoveryStep>& layout_of();
template const Layout<BlockedRecovery>& layout_of();
template const Layout<Audit>& layout_of();
template const Layout<AccessToken>& layout_of();
template const Layout<GroupNode>& layout_of();
template const Layout<AppliedIndex>& layout_of();

}  // namespace orchestrator::state
