// The lives of a node on its machine.
#include "node_simulator/host.hpp"

#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "consensus/simulator/random.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "node_simulator/world.hpp"
#include "simulator/trace.hpp"

namespace consensus::simulator {
namespace {

constexpr Duration join_patience = std::chrono::seconds(5);
constexpr Duration join_pause = std::chrono::milliseconds(100);
constexpr Duration restart_pause = std::chrono::milliseconds(50);
constexpr int patience_with_strangers = 5;
constexpr int most_handlers_to_end = 1'000'000;

// Clocks run within the drift that lease reads allow for.
ProcessTiming timing_of(const NodeWorld& world, const Host& host, std::uint64_t life) {
  Random random(mix(world.plan.seed, host.number(), life));
  ProcessTiming timing;
  timing.seed = random.next();
  timing.clock_offset = std::chrono::microseconds(random.below(1'000'000'000));
  const auto most = static_cast<std::int64_t>(world.plan.core.clock_drift_percent) * 4'000;
  timing.clock_millionths = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * most + 1))) - most;
  timing.slowest_work = world.plan.slowest_write;
  return timing;
}

std::unique_ptr<LogStore> log_of(NodeWorld& world, Host& host) {
  SqliteLogOptions options;
  options.file = "log.db";
  options.wal_limit_bytes = 128U << 10U;
  options.incarnation = Incarnation{mix(world.plan.seed, host.number(), host.incarnations(), 11)};
  options.vfs = host.disk().vfs();
  options.boot = host.disk().boot();
  options.free_bytes = [&disk = host.disk()] { return disk.free_bytes(); };
  std::unique_ptr<LogStore> store = std::make_unique<SqliteLogStore>(std::move(options));
  return world.layers.log ? world.layers.log(std::move(store)) : std::move(store);
}

NodeOptions options_of(const NodeWorld& world, const Host& host) {
  NodeOptions options;
  options.name = host.name();
  options.address = host.address();
  options.core = world.plan.core;
  options.apply_on = mix(world.plan.seed, 5) % 2 == 0 ? ApplyOn::executor : ApplyOn::lane;
  options.snapshot_bytes_per_second = mix(world.plan.seed, 6) % 3 == 0 ? 20'000 : 0;
  options.low_space_bytes = 32U << 10U;
  options.housekeeping_interval = std::chrono::milliseconds(150);
  return options;
}

}  // namespace

Process::Process(NodeWorld& world, Host& host, std::uint64_t number)
    : life(number),
      runtime(world.time, timing_of(world, host, number)),
      transport(runtime, world.network, {.group = "simulated", .address = host.address()},
                [&world](const Message& message) {
                  ++world.statistics.messages;
                  world.note(mix(message.body.index(), message.term.value(), crc32c(message.to.name())));
                  if (is_traced()) trace(world.time.now(), "sends", message);
                  world.ledger.sends(message);
                }),
      log(log_of(world, host), host.name(), world.ledger,
          host.is_suspect() ? NodeLedger::Suspicion::spoiled : NodeLedger::Suspicion::none),
      snapshots(host.disk().folder("snapshots/"), {.chunk_size = 256, .compression_level = 0}),
      machine(host.state_machine(), log, world.ledger),
      node(options_of(world, host), {runtime, log, snapshots, transport, machine},
           [&world, &host](const NodeEvent& event) {
             if (const auto* change = std::get_if<event::ConfigurationChanged>(&event)) {
               world.trace(&host, "has " + change->configuration.to_string());
             }
             if (std::holds_alternative<event::SnapshotPublished>(event)) ++world.statistics.snapshots_taken;
             if (std::holds_alternative<event::SnapshotRestored>(event)) ++world.statistics.snapshots_installed;
             if (std::holds_alternative<event::ConfigurationChanged>(event)) ++world.statistics.configurations;
           }) {}

Host::Host(NodeWorld& world, MemberNumber number)
    : world_(world), number_(number), name_("h" + std::to_string(number)) {
  make_disk();
}

Host::~Host() = default;

void Host::make_disk() {
  disk_ = std::make_unique<SimulatedDisk>(mix(world_.plan.seed, number_, incarnations_, 13));
  disk_->on_stall([this](Duration duration) {
    if (process_) process_->runtime.stall(duration);
  });
  apply_faults();
}

void Host::apply_faults() {
  DiskFaults now = faults;
  if (world_.plan.lying_disks != 0) now.lying_syncs = 1000;
  disk_->set_faults(now);
}

void Host::start() {
  if (process_ || world_.has_failed()) return;
  if (suspect_ && !has_good_snapshots()) wipe();
  if (!machine_ || world_.plan.durable_state_machines == 0) machine_ = world_.subject->make_state_machine();
  process_ = std::make_unique<Process>(world_, *this, ++lives_);
  world_.trace(this, "starts");
  boost::asio::co_spawn(process_->runtime.executor(), process_->node.start(),
                        [this, life = lives_](const std::exception_ptr& thrown, Result<void> started) {
                          if (thrown) return world_.fail("exception", name_ + ": start() has thrown");
                          on_started(life, started);
                        });
}

void Host::start_after(Duration delay) {
  world_.time.at(world_.time.now() + delay, [this] { start(); });
}

void Host::on_started(std::uint64_t life, const Result<void>& started) {
  if (!is_life(life)) return;
  if (started) {
    process_->started = true;
    suspect_ = faults.lying_syncs != 0;
    if (process_->log.was_damaged()) ++world_.statistics.damaged;
    world_.trace(this, process_->log.was_damaged() ? "has started, damaged" : "has started");
    return begin_membership();
  }
  // Not from within one of its own handlers.
  world_.time.at(world_.time.now(), [this, life, error = started.error()] {
    if (is_life(life)) give_up(error);
  });
}

// A node that cannot be started is started again; one whose log is beyond help is emptied.
void Host::give_up(const Error& error) {
  world_.trace(this, "could not start: " + error.message());
  const bool was_suspect = suspect_;
  kill(Crash::process_killed);
  if (error.code == Errc::corrupt) {
    if (!was_suspect) return world_.fail("corrupt", name_ + ": " + error.message());
    wipe();
  }
  start_after(restart_pause);
}

// The founder makes the group; whoever is no voter asks to become one.
void Host::begin_membership() {
  process_->joining = true;
  const auto on_end = [this, life = process_->life](const std::exception_ptr& thrown, Result<void> done) {
    if (thrown) return world_.fail("exception", name_ + ": joining has thrown");
    on_joined(life, done);
  };
  if (!std::exchange(world_.founded, true)) {
    return boost::asio::co_spawn(process_->runtime.executor(), process_->node.bootstrap(), on_end);
  }
  JoinOptions options;
  options.deadline = process_->runtime.now() + join_patience;
  boost::asio::co_spawn(process_->runtime.executor(), process_->node.join(world_.addresses(), options), on_end);
}

void Host::on_joined(std::uint64_t life, const Result<void>& joined) {
  if (!is_life(life)) return;
  world_.trace(this, joined ? "is a member" : "could not join: " + joined.error().message());
  if (joined) {
    process_->joining = false;
    return;
  }
  world_.time.at(world_.time.now() + join_pause, [this, life] {
    if (is_life(life) && is_serving() && !world_.has_failed()) begin_membership();
  });
}

void Host::kill(Crash how) {
  if (!process_) return disk_->crash(how);
  ++world_.statistics.crashes;
  world_.trace(this, "dies");
  world_.clients.lost(*process_);
  disk_->cut_power_at(disk_->changes());
  process_->transport.kill();
  process_->machine.kill();
  process_->runtime.end();
  if (!process_->stopping) {
    boost::asio::co_spawn(process_->runtime.executor(), process_->node.stop(),
                          [this](const std::exception_ptr&) { process_->stopped = true; });
  }
  for (int i = 0; i < most_handlers_to_end && process_->runtime.run_one(); ++i) continue;
  if (!process_->stopped || process_->calls > 0) {
    world_.fail("stop", name_ + ": a node whose ports are dead did not come to its end");
  }
  process_.reset();
  disk_->crash(how);
}

void Host::stop(Duration pause) {
  if (!is_serving()) return;
  world_.trace(this, "stops");
  process_->stopping = true;
  boost::asio::co_spawn(process_->runtime.executor(), process_->node.stop(),
                        [this, life = process_->life, pause](const std::exception_ptr&) {
                          if (!is_life(life)) return;
                          process_->stopped = true;
                          world_.time.at(world_.time.now(), [this, life, pause] {
                            if (is_life(life)) finish_stop(pause);
                          });
                        });
}

// Whoever waited has been told, so that the node may go.
void Host::finish_stop(Duration pause) {
  world_.trace(this, "has stopped");
  if (process_->calls > 0) {
    world_.fail("stop", name_ + ": has stopped, but " + std::to_string(process_->calls) + " calls have not ended");
  }
  process_->runtime.end();
  for (int i = 0; i < most_handlers_to_end && process_->runtime.run_one(); ++i) continue;
  process_.reset();
  start_after(pause);
}

void Host::wipe() {
  kill(Crash::process_killed);
  world_.trace(this, "loses everything");
  ++incarnations_;
  suspect_ = false;
  machine_.reset();
  make_disk();
}

void Host::look_after() {
  const Configuration& group = world_.ledger.configuration();
  if (group.voters.empty() || !is_serving() || process_->joining || group.is_voter(process_->log.id())) {
    strange_looks_ = 0;
    return;
  }
  if (++strange_looks_ < patience_with_strangers) return;
  strange_looks_ = 0;
  if (!process_->node.status().core.configuration.is_voter(process_->log.id())) return begin_membership();
  if (group.contains(process_->log.id())) return;
  wipe();
  start();
}

// What somebody would do who has reason to distrust a disk.
bool Host::has_good_snapshots() {
  FileSnapshotStore store(disk_->folder("snapshots/"), {.chunk_size = 256, .compression_level = 0});
  if (!store.open()) return false;
  const auto all = store.list();
  if (!all) return false;
  for (const SnapshotManifest& manifest : *all) {
    const auto reader = store.read(manifest.id);
    if (!reader) return false;
    auto piece = (*reader)->read();
    while (piece && !piece->empty()) piece = (*reader)->read();
    if (!piece) return false;
  }
  return true;
}

void Host::after_handler() {
  if (!process_ || !process_->started) return;
  const NodeStatus status = process_->node.status();
  world_.note(mix(number_, static_cast<std::uint64_t>(world_.time.now().time_since_epoch().count()),
                  status.core.term.value(), status.core.commit.value(), status.core.applied.value(),
                  static_cast<std::uint64_t>(status.core.role)));
  world_.ledger.observe(status.core, mix(number_, process_->life));
  if (disk_->is_cut()) {
    kill(Crash::power_lost);
    return start_after(restart_pause);
  }
  if (!status.failed || process_->stopping) return;
  // A supervisor would start it again.
  world_.trace(this, "has failed: " + status.failed->message());
  kill(Crash::process_killed);
  start_after(restart_pause);
}

}  // namespace consensus::simulator
