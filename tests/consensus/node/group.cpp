// Groups of real nodes in one process.
#include "group.hpp"

#include <algorithm>

namespace consensus_test {

using namespace consensus;

namespace {

SqliteLogOptions log_in(const std::filesystem::path& folder) {
  SqliteLogOptions options;
  options.file = folder / "log.db";
  return options;
}

FileSnapshotOptions snapshots_in(const std::filesystem::path& folder) {
  FileSnapshotOptions options;
  options.folder = folder / "snapshots";
  return options;
}

TcpTransportOptions transport_at(const std::string& listen) {
  TcpTransportOptions options;
  options.group = "test";
  options.listen = listen;
  return options;
}

}  // namespace

Group::Life::Life(boost::asio::io_context& context, const NodeOptions& options, const std::filesystem::path& folder,
                  const std::string& listen)
    : runtime(context.get_executor(), options.name),
      log(log_in(folder)),
      snapshots(snapshots_in(folder)),
      transport(runtime, transport_at(listen)),
      node(options, {runtime, log, snapshots, transport, machine},
           [this](const NodeEvent& event) { events.push_back(event); }) {}

Group::Group(CoreOptions core) {
  options_.core = std::move(core);
}

Group::~Group() {
  for (auto& [name, member] : members_) {
    if (member.life) kill(name);
  }
}

CoreOptions Group::quick() {
  CoreOptions core;
  core.election_timeout = 300ms;
  core.heartbeat_interval = 50ms;
  return core;
}

std::string Group::address(const std::string& name) {
  return "127.0.0.1:" + std::to_string(members_[name].port.port());
}

Result<void> Group::start(const std::string& name) {
  std::filesystem::create_directories(folder(name));
  NodeOptions options = options_;
  options.name = name;
  options.address = address(name);
  Member& member = members_[name];
  member.life = std::make_unique<Life>(context_, options, folder(name), options.address);
  const Result<void> started = run(member.life->node.start());
  if (!started) kill(name);
  return started;
}

void Group::kill(const std::string& name) {
  std::unique_ptr<Life>& life = members_.at(name).life;
  run(life->node.stop());
  life.reset();
}

void Group::wipe(const std::string& name) {
  std::filesystem::remove_all(folder(name));
}

void Group::move(const std::string& name) {
  members_.at(name).port = sandbox::PortLease();
}

void Group::make(const std::vector<std::string>& names) {
  for (const std::string& name : names) start(name).value();
  run(node(names.front()).bootstrap()).value();
  for (std::size_t i = 1; i < names.size(); ++i) join(names[i], names[i - 1]).value();
}

Result<void> Group::join(const std::string& name, const std::string& seed, JoinOptions options) {
  if (options.deadline == TimePoint::max()) options.deadline = in(20s);
  return run(node(name).join({address(seed)}, options));
}

Result<Applied> Group::propose(const std::string& name, std::string command, ProposeOptions options) {
  if (options.deadline == TimePoint::max()) options.deadline = in(20s);
  return run(node(name).propose(std::move(command), std::move(options)));
}

Result<Index> Group::read(const std::string& name) {
  return run(node(name).read_barrier(ReadMode::quorum, in(20s)));
}

std::string Group::leader() {
  std::string found;
  const bool agreed = wait([&] {
    found.clear();
    for (auto& [name, member] : members_) {
      if (!member.life) continue;
      const NodeStatus status = member.life->node.status();
      if (status.core.role == Role::leader && std::string(member_name(status.core.id)) == name) found = name;
    }
    return !found.empty() && std::all_of(members_.begin(), members_.end(), [&](auto& one) {
      if (!one.second.life) return true;
      const NodeStatus status = one.second.life->node.status();
      return !status.core.leader || member_name(*status.core.leader) == found;
    });
  });
  if (!agreed) throw std::runtime_error("no leader within 30 s");
  return found;
}

std::vector<std::string> Group::followers() {
  const std::string leading = leader();
  std::vector<std::string> names;
  for (auto& [name, member] : members_) {
    if (member.life && name != leading) names.push_back(name);
  }
  return names;
}

TimePoint Group::in(Duration duration) {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())) +
         duration;
}

void Group::run(boost::asio::awaitable<void> work) {
  bool ended = false;
  boost::asio::co_spawn(context_, std::move(work), [&](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
    ended = true;
  });
  if (!wait([&] { return ended; })) throw std::runtime_error("a call did not end within 30 s");
}

}  // namespace consensus_test
