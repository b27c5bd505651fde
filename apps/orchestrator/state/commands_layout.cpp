// The binary forms of commands and answers: their numbers, names, fields, and the versions that brought them.
#include "state/answer.hpp"
#include "state/command.hpp"
#include "state/layout.hpp"

namespace orchestrator::state {

template <>
inline constexpr std::optional<TagMatch> last_of<TagMatch> = TagMatch::name_and_value;
template <>
inline constexpr std::optional<AckScope> last_of<AckScope> = AckScope::all;
template <>
inline constexpr std::optional<Outcome> last_of<Outcome> = Outcome::too_new;

namespace {

template <class Row>
struct Describe;

// The numbers of an instance's key must be there; those of a filter need not.
template <class C>
Field<C> host(std::uint32_t id) {
  return field<C, &C::key, &InstanceKey::hostname>(id, "hostname");
}
template <class C>
Field<C> port(std::uint32_t id) {
  return field<C, &C::key, &InstanceKey::port>(id, "port");
}

template <>
struct Describe<RecordInstance> {
  using C = RecordInstance;
  static Layout<C> layout() { return {1, "RecordInstance", 2, {field<C, &C::instance>(1, "instance")}}; }
};

template <>
struct Describe<ForgetInstance> {
  using C = ForgetInstance;
  static Layout<C> layout() {
    return {2, "ForgetInstance", 2, {host<C>(1).as(Role::required), port<C>(2).as(Role::required)}};
  }
};

template <>
struct Describe<RecordCluster> {
  using C = RecordCluster;
  static Layout<C> layout() { return {3, "RecordCluster", 2, {field<C, &C::cluster>(1, "cluster")}}; }
};

template <>
struct Describe<ForgetCluster> {
  using C = ForgetCluster;
  static Layout<C> layout() { return {4, "ForgetCluster", 2, {field<C, &C::id>(1, "id").as(Role::required)}}; }
};

template <>
struct Describe<RecordHostnameResolve> {
  using C = RecordHostnameResolve;
  static Layout<C> layout() { return {5, "RecordHostnameResolve", 2, {field<C, &C::resolve>(1, "resolve")}}; }
};

template <>
struct Describe<ForgetHostnameResolve> {
  using C = ForgetHostnameResolve;
  static Layout<C> layout() {
    return {6, "ForgetHostnameResolve", 2, {field<C, &C::hostname>(1, "hostname").as(Role::required)}};
  }
};

template <>
struct Describe<PutKeyValue> {
  using C = PutKeyValue;
  static Layout<C> layout() { return {7, "PutKeyValue", 2, {field<C, &C::pair>(1, "pair")}}; }
};

template <>
struct Describe<DeleteKeyValue> {
  using C = DeleteKeyValue;
  static Layout<C> layout() { return {8, "DeleteKeyValue", 2, {field<C, &C::key>(1, "key").as(Role::required)}}; }
};

template <>
struct Describe<SetClusterAlias> {
  using C = SetClusterAlias;
  static Layout<C> layout() { return {9, "SetClusterAlias", 2, {field<C, &C::alias>(1, "alias")}}; }
};

template <>
struct Describe<RegisterHostnameUnresolve> {
  using C = RegisterHostnameUnresolve;
  static Layout<C> layout() { return {10, "RegisterHostnameUnresolve", 2, {field<C, &C::unresolve>(1, "unresolve")}}; }
};

template <>
struct Describe<DeregisterHostnameUnresolve> {
  using C = DeregisterHostnameUnresolve;
  static Layout<C> layout() {
    return {11, "DeregisterHostnameUnresolve", 2, {field<C, &C::hostname>(1, "hostname").as(Role::required)}};
  }
};

template <>
struct Describe<TakeTopologyPicture> {
  using C = TakeTopologyPicture;
  static Layout<C> layout() {
    return {12,
            "TakeTopologyPicture",
            2,
            {field<C, &C::at>(1, "at").as(Role::required), field<C, &C::forget_before>(2, "forget_before")}};
  }
};

template <>
struct Describe<RegisterCandidate> {
  using C = RegisterCandidate;
  static Layout<C> layout() { return {13, "RegisterCandidate", 2, {field<C, &C::candidate>(1, "candidate")}}; }
};

template <>
struct Describe<BeginDowntime> {
  using C = BeginDowntime;
  static Layout<C> layout() { return {14, "BeginDowntime", 2, {field<C, &C::downtime>(1, "downtime")}}; }
};

template <>
struct Describe<EndDowntime> {
  using C = EndDowntime;
  static Layout<C> layout() {
    return {15, "EndDowntime", 2, {host<C>(1).as(Role::required), port<C>(2).as(Role::required)}};
  }
};

template <>
struct Describe<BeginMaintenance> {
  using C = BeginMaintenance;
  static Layout<C> layout() { return {16, "BeginMaintenance", 2, {field<C, &C::maintenance>(1, "maintenance")}}; }
};

template <>
struct Describe<EndMaintenance> {
  using C = EndMaintenance;
  static Layout<C> layout() {
    return {17, "EndMaintenance", 2, {field<C, &C::id>(1, "id"), host<C>(2), port<C>(3), field<C, &C::at>(4, "at")}};
  }
};

template <>
struct Describe<PutTag> {
  using C = PutTag;
  static Layout<C> layout() { return {18, "PutTag", 2, {field<C, &C::tag>(1, "tag")}}; }
};

template <>
struct Describe<DeleteTag> {
  using C = DeleteTag;
  static Layout<C> layout() {
    return {19,
            "DeleteTag",
            2,
            {host<C>(1), port<C>(2), field<C, &C::name>(3, "name").as(Role::required), field<C, &C::value>(4, "value"),
             field<C, &C::match>(5, "match")}};
  }
};

template <>
struct Describe<SubmitPool> {
  using C = SubmitPool;
  static Layout<C> layout() {
    return {20,
            "SubmitPool",
            2,
            {field<C, &C::pool>(1, "pool").as(Role::required), field<C, &C::instances>(2, "instances"),
             field<C, &C::at>(3, "at")}};
  }
};

template <>
struct Describe<SwitchRecoveries> {
  using C = SwitchRecoveries;
  static Layout<C> layout() { return {21, "SwitchRecoveries", 2, {field<C, &C::disabled>(1, "disabled")}}; }
};

template <>
struct Describe<RegisterDetection> {
  using C = RegisterDetection;
  static Layout<C> layout() { return {22, "RegisterDetection", 2, {field<C, &C::detection>(1, "detection")}}; }
};

template <>
struct Describe<ClaimRecovery> {
  using C = ClaimRecovery;
  static Layout<C> layout() {
    return {23,
            "ClaimRecovery",
            2,
            {field<C, &C::recovery>(1, "recovery"), field<C, &C::blocks_since>(2, "blocks_since"),
             field<C, &C::forced>(3, "forced")}};
  }
};

template <>
struct Describe<UpdateRecovery> {
  using C = UpdateRecovery;
  static Layout<C> layout() { return {24, "UpdateRecovery", 2, {field<C, &C::recovery>(1, "recovery")}}; }
};

template <>
struct Describe<RecordRecoveryStep> {
  using C = RecordRecoveryStep;
  static Layout<C> layout() { return {25, "RecordRecoveryStep", 2, {field<C, &C::step>(1, "step")}}; }
};

template <>
struct Describe<AcknowledgeRecoveries> {
  using C = AcknowledgeRecoveries;
  static Layout<C> layout() {
    return {26,
            "AcknowledgeRecoveries",
            2,
            {field<C, &C::scope>(1, "scope"), field<C, &C::id>(2, "id"), field<C, &C::uid>(3, "uid"), host<C>(4),
             port<C>(5), field<C, &C::cluster_id>(6, "cluster_id"), field<C, &C::at>(7, "at"),
             field<C, &C::by>(8, "by"), field<C, &C::comment>(9, "comment")}};
  }
};

template <>
struct Describe<RecordAudit> {
  using C = RecordAudit;
  static Layout<C> layout() { return {27, "RecordAudit", 2, {field<C, &C::audit>(1, "audit")}}; }
};

template <>
struct Describe<AddAccessToken> {
  using C = AddAccessToken;
  static Layout<C> layout() { return {28, "AddAccessToken", 2, {field<C, &C::token>(1, "token")}}; }
};

template <>
struct Describe<AcquireAccessToken> {
  using C = AcquireAccessToken;
  static Layout<C> layout() {
    return {29,
            "AcquireAccessToken",
            2,
            {field<C, &C::public_token>(1, "public_token").as(Role::required),
             field<C, &C::secret_digest>(2, "secret_digest").as(Role::required), field<C, &C::at>(3, "at"),
             field<C, &C::generated_since>(4, "generated_since")}};
  }
};

template <>
struct Describe<Expire> {
  using C = Expire;
  static Layout<C> layout() {
    return {30,
            "Expire",
            2,
            {field<C, &C::now>(1, "now"), field<C, &C::resolves_before>(2, "resolves_before"),
             field<C, &C::unresolves_before>(3, "unresolves_before"), field<C, &C::pools_before>(4, "pools_before"),
             field<C, &C::tokens_before>(5, "tokens_before"), field<C, &C::detections_before>(6, "detections_before"),
             field<C, &C::blocked_before>(7, "blocked_before"), field<C, &C::audit_before>(8, "audit_before"),
             field<C, &C::history_before>(9, "history_before")}};
  }
};

template <>
struct Describe<RaiseVersion> {
  using C = RaiseVersion;
  static Layout<C> layout() {
    return {31, "RaiseVersion", 2, {field<C, &C::version>(1, "version").as(Role::required)}};
  }
};

template <>
struct Describe<RecordNode> {
  using C = RecordNode;
  static Layout<C> layout() { return {32, "RecordNode", 2, {field<C, &C::node>(1, "node")}}; }
};

template <>
struct Describe<ForgetNode> {
  using C = ForgetNode;
  static Layout<C> layout() { return {33, "ForgetNode", 2, {field<C, &C::name>(1, "name").as(Role::required)}}; }
};

template <>
struct Describe<Answer> {
  using A = Answer;
  static Layout<A> layout() {
    return {1,
            "Answer",
            2,
            {field<A, &A::outcome>(1, "outcome"), field<A, &A::id>(2, "id"), field<A, &A::count>(3, "count"),
             field<A, &A::existed>(4, "existed"), field<A, &A::keys>(5, "keys"), field<A, &A::problem>(6, "problem")}};
  }
};

}  // namespace

// Nested in commands, described in records_layout.cpp.
extern template const Layout<InstanceRecord>& layout_of();
extern template const Layout<ClusterRecord>& layout_of();
extern template const Layout<HostnameResolve>& layout_of();
extern template const Layout<KeyValue>& layout_of();
extern template const Layout<ClusterAlias>& layout_of();
extern template const Layout<HostnameUnresolve>& layout_of();
extern template const Layout<Candidate>& layout_of();
extern template const Layout<Downtime>& layout_of();
extern template const Layout<Maintenance>& layout_of();
extern template const Layout<Tag>& layout_of();
extern template const Layout<Detection>& layout_of();
extern template const Layout<Recovery>& layout_of();
extern template const Layout<RecoveryStep>& layout_of();
extern template const Layout<Audit>& layout_of();
extern template const Layout<AccessToken>& layout_of();
extern template const Layout<GroupNode>& layout_of();

template <class Row>
const Layout<Row>& layout_of() {
  static const Layout<Row> layout = Describe<Row>::layout();
  return layout;
}

template const Layout<RecordInstance>& layout_of();
template const Layout<ForgetInstance>& layout_of();
template const Layout<RecordCluster>& layout_of();
template const Layout<ForgetCluster>& layout_of();
template const Layout<RecordHostnameResolve>& layout_of();
template const Layout<ForgetHostnameResolve>& layout_of();
template const Layout<PutKeyValue>& layout_of();
template const Layout<DeleteKeyValue>& layout_of();
template const Layout<SetClusterAlias>& layout_of();
template const Layout<RegisterHostnameUnresolve>& layout_of();
template const Layout<DeregisterHostnameUnresolve>& layout_of();
template const Layout<TakeTopologyPicture>& layout_of();
template const Layout<RegisterCandidate>& layout_of();
template const Layout<BeginDowntime>& layout_of();
template const Layout<EndDowntime>& layout_of();
template const Layout<BeginMaintenance>& layout_of();
template const Layout<EndMaintenance>& layout_of();
template const Layout<PutTag>& layout_of();
template const Layout<DeleteTag>& layout_of();
template const Layout<SubmitPool>& layout_of();
template const Layout<SwitchRecoveries>& layout_of();
template const Layout<RegisterDetection>& layout_of();
template const Layout<ClaimRecovery>& layout_of();
template const Layout<UpdateRecovery>& layout_of();
template const Layout<RecordRecoveryStep>& layout_of();
template const Layout<AcknowledgeRecoveries>& layout_of();
template const Layout<RecordAudit>& layout_of();
template const Layout<AddAccessToken>& layout_of();
template const Layout<AcquireAccessToken>& layout_of();
template const Layout<Expire>& layout_of();
template const Layout<RaiseVersion>& layout_of();
template const Layout<RecordNode>& layout_of();
template const Layout<ForgetNode>& layout_of();
template const Layout<Answer>& layout_of();

}  // namespace orchestrator::state
