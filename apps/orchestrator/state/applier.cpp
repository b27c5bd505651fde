// Commands about the fleet, and about what operators say of instances.
#include "state/applier.hpp"

#include "state/numbers.hpp"

namespace orchestrator::state {

Answer Applier::apply(const Command& command) {
  return std::visit(*this, command);
}

template <class Row>
Answer Applier::put(const Row& row, const std::vector<Value>& key) {
  Answer answer;
  answer.existed = store_.find<Row>(key).has_value();
  answer.count = 1;
  store_.put(row);
  return answer;
}

template <class Row>
Answer Applier::erase(const std::vector<Value>& key) {
  if (!store_.find<Row>(key)) return {.outcome = Outcome::unchanged};
  store_.erase<Row>(key);
  return {.count = 1, .existed = true};
}

std::uint64_t Applier::next_id(const std::string& table) {
  const auto latest = store_.find<Number>(values(numbers::latest_id(table)));
  const auto id = (latest ? latest->value : 0) + 1;
  store_.put(Number{numbers::latest_id(table), id});
  return id;
}

// --- The fleet --------------------------------------------------------------------------------------------------

namespace {

const std::string cluster_of_instance = "SELECT `cluster_id` FROM `instance` WHERE `hostname` = ? AND `port` = ?";

}  // namespace

void Applier::forget_cluster_if_empty(const std::string& id) {
  if (store_.count<InstanceRecord>("`cluster_id` = ?", values(id)) != 0) return;
  store_.erase<ClusterRecord>(values(id));
  store_.erase<ClusterAlias>(values(id));
}

Answer Applier::operator()(const RecordInstance& command) {
  const auto& instance = command.instance;
  const auto before = store_.text(cluster_of_instance, values(instance.key));
  store_.put(instance);
  if (before && *before != instance.cluster_id) forget_cluster_if_empty(*before);
  return {.count = 1, .existed = before.has_value()};
}

Answer Applier::operator()(const ForgetInstance& command) {
  const auto cluster = store_.text(cluster_of_instance, values(command.key));
  if (!cluster) return {.outcome = Outcome::unchanged};
  store_.erase<InstanceRecord>(values(command.key));
  forget_cluster_if_empty(*cluster);
  return {.count = 1, .existed = true};
}

Answer Applier::operator()(const RecordCluster& command) {
  store_.put(command.cluster);
  return {.count = 1};
}

Answer Applier::operator()(const ForgetCluster& command) {
  const auto instances = erase_counted<InstanceRecord>("`cluster_id` = ?", values(command.id));
  const auto clusters = erase<ClusterRecord>(values(command.id)).count;
  store_.erase<ClusterAlias>(values(command.id));
  if (instances + clusters == 0) return {.outcome = Outcome::unchanged};
  return {.count = instances, .existed = clusters != 0};
}

Answer Applier::operator()(const RecordHostnameResolve& command) {
  store_.put(command.resolve);
  return {.count = 1};
}

Answer Applier::operator()(const ForgetHostnameResolve& command) {
  return erase<HostnameResolve>(values(command.hostname));
}

Answer Applier::operator()(const PutKeyValue& command) {
  return put(command.pair, values(command.pair.key));
}

Answer Applier::operator()(const DeleteKeyValue& command) {
  return erase<KeyValue>(values(command.key));
}

Answer Applier::operator()(const SetClusterAlias& command) {
  const auto key = values(command.alias.cluster_id);
  return command.alias.alias.empty() ? erase<ClusterAlias>(key) : put(command.alias, key);
}

Answer Applier::operator()(const RegisterHostnameUnresolve& command) {
  return put(command.unresolve, values(command.unresolve.hostname));
}

Answer Applier::operator()(const DeregisterHostnameUnresolve& command) {
  return erase<HostnameUnresolve>(values(command.hostname));
}

Answer Applier::operator()(const TakeTopologyPicture& command) {
  erase_before<PastInstance>("taken_at", command.forget_before);
  store_.erase_where<PastInstance>("`taken_at` = ?", values(command.at));
  store_.database().run(
      "INSERT INTO `past_instance` (`taken_at`, `hostname`, `port`, `master_hostname`, `master_port`, `cluster_id`, "
      "`cluster_name`) SELECT ?, i.`hostname`, i.`port`, i.`master_hostname`, i.`master_port`, i.`cluster_id`, "
      "COALESCE(c.`name`, '') FROM `instance` i LEFT JOIN `cluster` c ON c.`id` = i.`cluster_id`",
      values(command.at));
  return {.count = store_.count<PastInstance>("`taken_at` = ?", values(command.at))};
}

// --- What operators say of instances ----------------------------------------------------------------------------

Answer Applier::operator()(const RegisterCandidate& command) {
  return put(command.candidate, values(command.candidate.key));
}

Answer Applier::operator()(const BeginDowntime& command) {
  return put(command.downtime, values(command.downtime.key));
}

Answer Applier::operator()(const EndDowntime& command) {
  return erase<Downtime>(values(command.key));
}

Answer Applier::operator()(const BeginMaintenance& command) {
  auto maintenance = command.maintenance;
  const auto active =
      store_.select<Maintenance>("WHERE `active` = 1 AND `hostname` = ? AND `port` = ?", values(maintenance.key));
  if (!active.empty()) return {.outcome = Outcome::refused, .id = active.front().id, .existed = true};
  maintenance.id = next_id("maintenance");
  maintenance.active = true;
  maintenance.ended_at = {};
  store_.put(maintenance);
  return {.id = maintenance.id, .count = 1};
}

Answer Applier::operator()(const EndMaintenance& command) {
  auto active = command.id != 0
                    ? store_.select<Maintenance>("WHERE `active` = 1 AND `id` = ?", values(command.id))
                    : store_.select<Maintenance>("WHERE `active` = 1 AND `hostname` = ? AND `port` = ? ORDER BY `id`",
                                                 values(command.key));
  if (active.empty()) return {.outcome = Outcome::unchanged};
  Answer answer{.id = active.front().id, .existed = true};
  for (auto& maintenance : active) {
    maintenance.active = false;
    maintenance.ended_at = command.at;
    store_.put(maintenance);
    ++answer.count;
    answer.keys.push_back(maintenance.key);
  }
  return answer;
}

Answer Applier::operator()(const PutTag& command) {
  const auto& tag = command.tag;
  return put(tag, values(tag.key.hostname, tag.key.port, tag.name));
}

Answer Applier::operator()(const DeleteTag& command) {
  std::string condition = "`name` = ?";
  auto parameters = values(command.name);
  const auto also = [&](std::string_view one, const auto& value) {
    condition += " AND " + std::string(one) + " = ?";
    parameters.push_back(Storage<std::remove_cvref_t<decltype(value)>>::to(value));
  };
  if (command.match == TagMatch::name_and_value) also("`value`", command.value);
  if (command.key != InstanceKey{}) {
    also("`hostname`", command.key.hostname);
    also("`port`", command.key.port);
  }
  const auto tags = store_.select<Tag>("WHERE " + condition + " ORDER BY `hostname`, `port`", parameters);
  if (tags.empty()) return {.outcome = Outcome::unchanged};
  store_.erase_where<Tag>(condition, parameters);
  Answer answer{.count = tags.size(), .existed = true};
  for (const auto& tag : tags) answer.keys.push_back(tag.key);
  return answer;
}

Answer Applier::operator()(const SubmitPool& command) {
  store_.erase_where<PoolInstance>("`pool` = ?", values(command.pool));
  for (const auto& key : command.instances) store_.put(PoolInstance{command.pool, key, command.at});
  return {.count = command.instances.size()};
}

// --- Housekeeping -----------------------------------------------------------------------------------------------

template <class Row>
std::uint64_t Applier::erase_counted(std::string_view condition, const std::vector<Value>& parameters) {
  const auto rows = store_.count<Row>(condition, parameters);
  if (rows != 0) store_.erase_where<Row>(condition, parameters);
  return rows;
}

template <class Row>
std::uint64_t Applier::erase_before(std::string_view column, Time time) {
  return time == Time{} ? 0 : erase_counted<Row>("`" + std::string(column) + "` < ?", values(time));
}

std::uint64_t Applier::expire_history(Time before) {
  if (before == Time{}) return 0;
  const auto old = values(before);
  std::uint64_t rows = erase_counted<Detection>("`active` = 0 AND `detected_at` < ?", old);
  rows += erase_counted<Maintenance>("`active` = 0 AND `ended_at` < ?", old);
  // Of a recovery that runs nothing is forgotten.
  const auto ended = values(Time{}, before);
  for (const auto& recovery : store_.select<Recovery>("WHERE `ended_at` <> ? AND `ended_at` < ?", ended)) {
    rows += erase_counted<RecoveryStep>("`recovery_uid` = ?", values(recovery.uid));
  }
  return rows + erase_counted<Recovery>("`ended_at` <> ? AND `ended_at` < ?", ended);
}

Answer Applier::operator()(const Expire& command) {
  std::uint64_t rows = 0;
  if (command.now != Time{}) {
    const auto now = values(command.now);
    rows += erase_counted<Downtime>("`ends_at` <= ?", now);
    rows += erase_counted<Candidate>("`expires_at` <= ?", now);
    for (auto& maintenance : store_.select<Maintenance>("WHERE `active` = 1 AND `expires_at` <= ?", now)) {
      maintenance.active = false;
      maintenance.ended_at = command.now;
      store_.put(maintenance);
      ++rows;
    }
  }
  rows += erase_before<HostnameResolve>("resolved_at", command.resolves_before);
  rows += erase_before<HostnameUnresolve>("registered_at", command.unresolves_before);
  rows += erase_before<PoolInstance>("registered_at", command.pools_before);
  rows += erase_before<AccessToken>("generated_at", command.tokens_before);
  rows += erase_before<BlockedRecovery>("blocked_at", command.blocked_before);
  rows += erase_before<Audit>("at", command.audit_before);
  if (command.detections_before != Time{}) {
    rows += end_detections("`detected_at` < ?", values(command.detections_before), command.detections_before);
  }
  rows += expire_history(command.history_before);
  return {.outcome = rows == 0 ? Outcome::unchanged : Outcome::done, .count = rows};
}

int version_of(RecordStore& store) {
  const auto version = store.find<Number>(values(numbers::version));
  return version ? static_cast<int>(version->value) : first_group_version;
}

Answer Applier::operator()(const RaiseVersion& command) {
  const auto version = static_cast<std::uint64_t>(version_of(store_));
  if (command.version < version) return {.outcome = Outcome::refused, .id = version};
  if (command.version == version) return {.outcome = Outcome::unchanged, .id = version};
  store_.put(Number{numbers::version, command.version});
  return {.id = command.version, .count = 1};
}

Answer Applier::operator()(const RecordNode& command) {
  if (store_.find<GroupNode>(values(command.node.name)) == command.node) return {.outcome = Outcome::unchanged};
  store_.put(command.node);
  return {.count = 1};
}

Answer Applier::operator()(const ForgetNode& command) {
  const auto rows = erase_counted<GroupNode>("`name` = ?", values(command.name));
  return {.outcome = rows == 0 ? Outcome::unchanged : Outcome::done, .count = rows};
}

}  // namespace orchestrator::state
