// How a node begins: what its stores have, and founding a group.
#include <algorithm>
#include <utility>

#include "node/damage.hpp"
#include "node/envelope.hpp"
#include "node/running.hpp"

namespace consensus {
namespace {

// What the blocking part of opening finds.
struct Opened {
  BootState boot;
  LogPosition applied;
  ConfigurationAt configuration;  // in force at what is applied
  RememberedKeys keys;
  std::optional<LogDamage> damage;
  bool damage_accepted = false;
};

Result<RememberedKeys> keys_of_snapshot(SnapshotStore& snapshots, const std::string& id) {
  Result<std::unique_ptr<SnapshotReader>> reader = snapshots.read(id);
  if (!reader) return reader.error();
  SnapshotHeaderReader header;
  while (!header.complete()) {
    Result<std::string> piece = (*reader)->read();
    if (!piece) return piece.error();
    if (piece->empty()) return make_error(Errc::malformed, "snapshot " + id + " ends within its header");
    Result<std::string_view> rest = header.take(*piece);
    if (!rest) return rest.error();
  }
  return RememberedKeys::from_bytes(header.keys());
}

ConfigurationAt configuration_at(const BootState& boot, Index applied) {
  ConfigurationAt found = boot.log.base_configuration;
  if (boot.snapshot && boot.snapshot->configuration_index > found.index && boot.snapshot->position.index <= applied) {
    found = {boot.snapshot->configuration_index, boot.snapshot->configuration};
  }
  for (const ConfigurationAt& configuration : boot.log.configurations) {
    if (configuration.index <= applied && configuration.index > found.index) found = configuration;
  }
  return found;
}

// Goes through the log between the snapshot and what is applied: for the keys, and for the position.
Result<LogPosition> walk_log(LogStore& log, const BootState& boot, Index through, Applier& keys) {
  const Index from = std::max(boot.snapshot ? boot.snapshot->position.index : Index(0), boot.log.base.index);
  LogPosition position =
      boot.snapshot && boot.snapshot->position.index == from ? boot.snapshot->position : boot.log.base;
  for (Index next = from.next(); next <= through;) {
    Result<std::vector<Entry>> entries = log.read(next, through, std::size_t{4} << 20U);
    if (!entries) return entries.error();
    Result<void> remembered = keys.remember(*entries);
    if (!remembered) return remembered.error();
    position = entries->back().position();
    next = entries->back().index.next();
  }
  return position;
}

struct History {
  LogPosition applied;
  RememberedKeys keys;
};

// What the snapshot with this id and the log behind it tell.
Result<History> read_history(NodePorts& ports, const BootState& boot, const std::string& snapshot, Index through) {
  RememberedKeys known;
  if (boot.snapshot) {
    Result<RememberedKeys> keys = keys_of_snapshot(ports.snapshots, snapshot);
    if (!keys) return keys.error();
    known = std::move(*keys);
  }
  Applier reader(ports.state_machine);
  reader.start_at({}, {}, std::move(known));
  const Result<LogPosition> position = walk_log(ports.log, boot, through, reader);
  if (!position) return position.error();
  return History{*position, reader.keys()};
}

// Empty, or why this cannot be gone on with.
std::string gap_in(const BootState& boot, const std::optional<LogDamage>& damage) {
  const Index snapshot = boot.snapshot ? boot.snapshot->position.index : Index(0);
  const std::string at = "the state machine is at " + std::to_string(boot.applied.value());
  if (std::max(boot.applied, snapshot) < boot.log.base.index) {
    return at + ", the log begins after " + std::to_string(boot.log.base.index.value()) +
           ", and no snapshot fills the gap: empty this node and let it join again";
  }
  if (boot.applied <= std::max(boot.log.last.index, snapshot)) return {};
  if (damage && damage->healing == LogDamage::Healing::by_operator) return at + "; " + damage->message();
  return at + ", the log ends at " + std::to_string(boot.log.last.index.value()) +
         ": it has lost entries; empty this node and let it join again";
}

struct Stores {
  BootState boot;
  std::string newest_snapshot;  // its id
};

Result<Stores> open_stores(NodePorts& ports) {
  Result<StoredLog> log = ports.log.open();
  if (!log) return log.error();
  Result<std::optional<SnapshotManifest>> newest = ports.snapshots.open();
  if (!newest) return newest.error();
  Result<Index> applied = ports.state_machine.applied();
  if (!applied) return applied.error();
  Stores stores{.boot = {.log = std::move(*log), .snapshot = {}, .applied = *applied}, .newest_snapshot = {}};
  if (*newest) {
    stores.boot.snapshot = (*newest)->meta;
    stores.newest_snapshot = (*newest)->id;
  }
  return stores;
}

Result<void> accept_damage_of(NodePorts& ports, Stores& stores) {
  const Index known = std::min(stores.boot.applied, stores.boot.log.last.index);
  const Result<History> history = read_history(ports, stores.boot, stores.newest_snapshot, known);
  if (!history) return history.error();
  Result<std::string> made = accept_damage(ports, stores.boot, history->keys);
  if (!made) return made.error();
  if (!made->empty()) stores.newest_snapshot = std::move(*made);
  return {};
}

Result<Opened> open_ports(NodePorts& ports, const NodeOptions& options) {
  Result<Stores> stores = open_stores(ports);
  if (!stores) return stores.error();
  Opened opened;
  BootState& boot = stores->boot;
  opened.damage = find_damage(boot, make_node_id(options.name, ports.log.incarnation()));
  if (opened.damage && options.accept_damage_at == opened.damage->last && can_accept(boot, *opened.damage)) {
    const Result<void> accepted = accept_damage_of(ports, *stores);
    if (!accepted) return accepted.error();
    opened.damage_accepted = true;
  }
  if (std::string gap = gap_in(boot, opened.damage); !gap.empty()) return make_error(Errc::corrupt, std::move(gap));
  const Index snapshot = boot.snapshot ? boot.snapshot->position.index : Index(0);
  if (boot.applied >= snapshot) {  // else the core will have the snapshot restored
    Result<History> history = read_history(ports, boot, stores->newest_snapshot, boot.applied);
    if (!history) return history.error();
    opened.applied = history->applied;
    opened.configuration = configuration_at(boot, boot.applied);
    opened.keys = std::move(history->keys);
  }
  opened.boot = std::move(boot);
  return opened;
}

}  // namespace

boost::asio::awaitable<Result<void>> Node::Running::start() {
  Result<BootState> found = co_await open();
  Result<void> started = found ? Result<void>() : Result<void>(found.error());
  if (started) started = co_await ports_.transport.start(*this, id_);
  if (!started) {
    stopping_ = true;
    failed_ = started.error();
    co_return started;
  }
  begin(std::move(*found));
  if (damage_ && damage_accepted_) tell(event::DamageAccepted{*damage_});
  if (damage_ && !damage_accepted_) tell(event::LogDamaged{*damage_});
  if (is_known_elsewhere()) spawn(announce_address());
  housekeeping_ = spawn_cancellable(keep_house());
  push(input::Tick{});
  pump();
  co_return Result<void>();
}

boost::asio::awaitable<Result<BootState>> Node::Running::open() {
  std::optional<Result<Opened>> opened;
  std::function<void()> work = [this, &opened] { opened.emplace(open_ports(ports_, options_)); };
  co_await ports_.runtime.run(Lane::log, std::move(work));
  if (!*opened) co_return opened->error();
  Opened& found = **opened;
  id_ = make_node_id(options_.name, ports_.log.incarnation());
  damage_ = std::move(found.damage);
  damage_accepted_ = found.damage_accepted;
  newest_snapshot_ = found.boot.snapshot;
  applied_ = found.applied.index;
  applier_.start_at(found.applied, std::move(found.configuration), std::move(found.keys));
  co_return std::move(found.boot);
}

void Node::Running::begin(BootState boot) {
  CoreOptions core = options_.core;
  core.id = id_;
  core_.emplace(std::move(core), std::move(boot), ports_.runtime.random(), now());
  const CoreStatus status = core_->status();
  blank_ = status.configuration.voters.empty();
  core_deadline_ = now();
  notice_changes();
  // Nobody else could lead: why wait for it.
  const std::vector<Member>& voters = status.configuration.voters;
  if (!status.recovering && voters.size() == 1 && voters.front().id == id_ && !status.configuration.is_joint()) {
    push(input::Campaign{});
  }
}

// A group of one begins with a log whose first entry says so.
boost::asio::awaitable<Result<void>> Node::Running::bootstrap() {
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  if (!blank_) co_return make_error(Errc::invalid_argument, options_.name + " belongs to a group already");
  Configuration alone;
  alone.voters.push_back({id_, options_.address});
  Write write;
  write.hard_state = HardState{Term(1), std::nullopt};
  write.append.push_back(make_entry({}, Term(1), EntryKind::configuration, encode(alone)));
  write.must_sync = true;
  BootState boot;
  boot.log.hard_state = *write.hard_state;
  boot.log.last = write.append.front().position();
  boot.log.terms.push_back({Index(1), Term(1)});
  boot.log.configurations.push_back({Index(1), alone});
  boot.log.tail = write.append;
  blank_ = false;
  std::optional<Result<void>> written;
  std::function<void()> work = [this, &write, &written] { written.emplace(ports_.log.write(write)); };
  co_await ports_.runtime.run(Lane::log, std::move(work));
  if (!*written) {
    fail(written->error());
    co_return *written;
  }
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  begin(std::move(boot));
  pump();
  // Alone it wins; then it can take commands.
  const Result<Index> leads = co_await read_barrier(ReadMode::quorum, TimePoint::max());
  if (!leads) co_return leads.error();
  co_return Result<void>();
}

}  // namespace consensus
