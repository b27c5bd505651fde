// Commands about failures and recoveries, and records of use.
#include "state/applier.hpp"
#include "state/numbers.hpp"

namespace orchestrator::state {

namespace {

const std::string by_uid = "WHERE `uid` = ?";

std::optional<Recovery> recovery_of(RecordStore& store, const std::string& uid) {
  auto found = store.select<Recovery>(by_uid, values(uid));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

// The recovery that a claim has to give way to.
std::optional<std::uint64_t> in_the_way(RecordStore& store, const ClaimRecovery& claim) {
  for (const auto& other :
       store.select<Recovery>("WHERE `cluster_id` = ? ORDER BY `id` DESC", values(claim.recovery.cluster_id))) {
    const bool fresh = other.successful && !other.acknowledgement.given && other.ended_at > claim.blocks_since;
    if (other.is_running() || (fresh && !claim.forced)) return other.id;
  }
  return std::nullopt;
}

}  // namespace

Answer Applier::operator()(const SwitchRecoveries& command) {
  const auto before = store_.find<Number>(values(numbers::recoveries_disabled));
  const std::uint64_t now = command.disabled ? 1 : 0;
  if ((before ? before->value : 0) == now) return {.outcome = Outcome::unchanged};
  store_.put(Number{numbers::recoveries_disabled, now});
  return {.count = 1};
}

Answer Applier::operator()(const RegisterDetection& command) {
  auto detection = command.detection;
  const auto active =
      store_.select<Detection>("WHERE `active` = 1 AND `hostname` = ? AND `port` = ? AND `actionable` = ?",
                               values(detection.key.hostname, detection.key.port, detection.actionable));
  if (!active.empty()) return {.outcome = Outcome::unchanged, .id = active.front().id, .existed = true};
  detection.id = next_id("detection");
  detection.active = true;
  detection.ended_at = {};
  store_.put(detection);
  return {.id = detection.id, .count = 1};
}

std::uint64_t Applier::end_detections(std::string_view condition, const std::vector<Value>& parameters, Time at) {
  auto active = store_.select<Detection>("WHERE `active` = 1 AND " + std::string(condition), parameters);
  for (auto& detection : active) {
    detection.active = false;
    detection.ended_at = at;
    store_.put(detection);
  }
  return active.size();
}

Answer Applier::operator()(const ClaimRecovery& command) {
  auto recovery = command.recovery;
  const auto known = recovery_of(store_, recovery.uid);
  if (known && !known->is_running()) return {.outcome = Outcome::refused, .id = known->id, .existed = true};
  if (!known) {
    if (const auto blocking = in_the_way(store_, command)) {
      store_.put(BlockedRecovery{recovery.key, recovery.cluster_id, recovery.cluster_name, recovery.analysis,
                                 recovery.started_at, *blocking});
      return {.outcome = Outcome::refused, .id = *blocking};
    }
  }
  recovery.id = known ? known->id : next_id("recovery");
  recovery.epoch = index_;
  recovery.ended_at = {};
  recovery.acknowledgement = known ? known->acknowledgement : Acknowledgement{};
  store_.put(recovery);
  store_.erase<BlockedRecovery>(values(recovery.key));
  return {.id = recovery.id, .count = 1, .existed = known.has_value()};
}

Answer Applier::operator()(const UpdateRecovery& command) {
  const auto known = recovery_of(store_, command.recovery.uid);
  if (!known) return {.outcome = Outcome::refused};
  if (known->epoch != command.recovery.epoch) return {.outcome = Outcome::refused, .id = known->id, .existed = true};
  auto recovery = command.recovery;
  recovery.id = known->id;
  recovery.acknowledgement = known->acknowledgement;
  store_.put(recovery);
  return {.id = known->id, .count = 1, .existed = true};
}

Answer Applier::operator()(const RecordRecoveryStep& command) {
  auto step = command.step;
  if (step.epoch != 0) {
    const auto known = recovery_of(store_, step.recovery_uid);
    if (!known || known->epoch != step.epoch) return {.outcome = Outcome::refused, .id = known ? known->id : 0};
  }
  step.id = next_id("recovery_step");
  store_.put(step);
  return {.id = step.id, .count = 1};
}

std::vector<Recovery> Applier::recoveries_to_acknowledge(const AcknowledgeRecoveries& command) {
  const std::string open = "WHERE `acknowledged` = 0";
  switch (command.scope) {
    case AckScope::id:
      return store_.select<Recovery>(open + " AND `id` = ?", values(command.id));
    case AckScope::uid:
      return store_.select<Recovery>(open + " AND `uid` = ?", values(command.uid));
    case AckScope::instance:
      return store_.select<Recovery>(open + " AND `hostname` = ? AND `port` = ?", values(command.key));
    case AckScope::cluster:
      return store_.select<Recovery>(open + " AND `cluster_id` = ?", values(command.cluster_id));
    case AckScope::all:
      return store_.select<Recovery>(open);
  }
  return {};
}

Answer Applier::operator()(const AcknowledgeRecoveries& command) {
  auto recoveries = recoveries_to_acknowledge(command);
  for (auto& recovery : recoveries) {
    recovery.acknowledgement = {true, command.at, command.by, command.comment};
    store_.put(recovery);
  }
  if (command.scope == AckScope::instance) {
    end_detections("`hostname` = ? AND `port` = ?", values(command.key), command.at);
  } else if (command.scope == AckScope::cluster) {
    end_detections("`cluster_id` = ?", values(command.cluster_id), command.at);
  }
  Answer answer{.outcome = recoveries.empty() ? Outcome::unchanged : Outcome::done, .count = recoveries.size()};
  for (const auto& recovery : recoveries) answer.keys.push_back(recovery.key);
  return answer;
}

Answer Applier::operator()(const RecordAudit& command) {
  auto audit = command.audit;
  audit.id = next_id("audit");
  store_.put(audit);
  return {.id = audit.id, .count = 1};
}

Answer Applier::operator()(const AddAccessToken& command) {
  const auto key = values(command.token.public_token);
  if (store_.find<AccessToken>(key)) return {.outcome = Outcome::refused, .existed = true};
  store_.put(command.token);
  return {.count = 1};
}

Answer Applier::operator()(const AcquireAccessToken& command) {
  auto token = store_.find<AccessToken>(values(command.public_token));
  if (!token || !token->secret_digest.empty() || token->generated_at < command.generated_since) {
    return {.outcome = Outcome::refused, .existed = token.has_value()};
  }
  token->secret_digest = command.secret_digest;
  token->acquired_at = command.at;
  store_.put(*token);
  return {.count = 1, .existed = true};
}

}  // namespace orchestrator::state
