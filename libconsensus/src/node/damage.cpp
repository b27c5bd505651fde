// Damaged logs and what operators decide about them.
#include "node/damage.hpp"

#include <algorithm>
#include <utility>

#include "node/envelope.hpp"

namespace consensus {
namespace {

// Elections whose terms were lost with the log are far fewer.
constexpr std::uint64_t terms_skipped = 1'000'000;

Index snapshot_index(const BootState& boot) {
  return boot.snapshot ? boot.snapshot->position.index : Index(0);
}

bool is_state_machine_ahead(const BootState& boot) {
  return boot.applied > std::max(boot.log.last.index, snapshot_index(boot));
}

ConfigurationAt newest_configuration(const BootState& boot) {
  ConfigurationAt newest =
      boot.log.configurations.empty() ? boot.log.base_configuration : boot.log.configurations.back();
  if (boot.snapshot && boot.snapshot->configuration_index > newest.index) {
    newest = {boot.snapshot->configuration_index, boot.snapshot->configuration};
  }
  return newest;
}

// Of the state machine as it is.
Result<SnapshotManifest> make_snapshot(NodePorts& ports, const SnapshotMeta& meta, const RememberedKeys& keys) {
  Result<std::unique_ptr<SnapshotSource>> source = ports.state_machine.take_snapshot();
  if (!source) return source.error();
  Result<std::unique_ptr<SnapshotWriter>> writer = ports.snapshots.create(meta);
  if (!writer) return writer.error();
  std::string piece = make_snapshot_header(keys.to_bytes());
  while (!piece.empty()) {
    const Result<void> written = (*writer)->write(piece);
    if (!written) return written.error();
    Result<std::string> next = (*source)->read();
    if (!next) return next.error();
    piece = std::move(*next);
  }
  return (*writer)->publish();
}

// The log as it is after the write.
void apply_to(StoredLog& log, const Write& write) {
  log.hard_state = *write.hard_state;
  log.damaged = false;
  log.damage.clear();
  if (!write.install) return;
  log.commit = write.install->position.index;
  log.base = log.last = write.install->position;
  log.base_configuration = {write.install->configuration_index, write.install->configuration};
  log.terms.clear();
  log.configurations.clear();
  log.tail.clear();
}

}  // namespace

std::string LogDamage::message() const {
  const std::string end = std::to_string(last.value());
  const std::string what_happened = "the log is damaged (" + what + "); what is left of it ends at " + end;
  switch (healing) {
    case Healing::by_group:
      return what_happened + ". A leader makes it whole once a quorum without this member has one";
    case Healing::by_operator:
      return what_happened +
             ", and there is no other voter who could have more. To go on without what is lost, start "
             "with accept_damage_at = " +
             end + "; or start from a backup";
  }
  return what_happened;
}

std::optional<LogDamage> find_damage(const BootState& boot, const NodeId& id) {
  const bool is_ahead = is_state_machine_ahead(boot);
  if (!boot.log.damaged && !is_ahead) return std::nullopt;
  LogDamage damage{.what = boot.log.damage, .last = boot.log.last.index};
  if (is_ahead) {
    if (!damage.what.empty()) damage.what += "; ";
    damage.what += "the state machine is at " + std::to_string(boot.applied.value());
  }
  const Configuration configuration = newest_configuration(boot).configuration;
  const std::vector<Member>& voters = configuration.voters;
  if (voters.size() == 1 && voters.front().id == id && !configuration.is_joint()) {
    damage.healing = LogDamage::Healing::by_operator;
  }
  return damage;
}

bool can_accept(const BootState& boot, const LogDamage& damage) {
  const bool has_beginning = std::max(boot.applied, snapshot_index(boot)) >= boot.log.base.index;
  return has_beginning && (!is_state_machine_ahead(boot) || damage.healing == LogDamage::Healing::by_operator);
}

Result<std::string> accept_damage(NodePorts& ports, BootState& boot, const RememberedKeys& keys) {
  Write write;
  write.hard_state = HardState{Term(boot.log.hard_state.term.value() + terms_skipped), std::nullopt};
  write.recovered = true;
  write.must_sync = true;
  std::string id;
  if (is_state_machine_ahead(boot)) {
    const ConfigurationAt configuration = newest_configuration(boot);
    const LogPosition position{.index = boot.applied, .term = write.hard_state->term, .chain = boot.log.last.chain};
    const SnapshotMeta meta{position, configuration.configuration, configuration.index};
    Result<SnapshotManifest> made = make_snapshot(ports, meta, keys);
    if (!made) return made.error();
    id = made->id;
    write.install = meta;
    boot.snapshot = meta;
  }
  const Result<void> written = ports.log.write(write);
  if (!written) return written.error();
  apply_to(boot.log, write);
  return id;
}

}  // namespace consensus
