// A consensus node with its stores and its transport, and the coroutines that keep it in a group.
#include "group/group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "consensus/asio_runtime.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/memory_log_store.hpp"
#include "consensus/memory_snapshot_store.hpp"
#include "consensus/memory_transport.hpp"
#include "consensus/sqlite_log_store.hpp"

namespace orchestrator::group {

namespace asio = boost::asio;
using namespace consensus;

namespace {

// How long one attempt to find the group lasts before the log says what is in the way.
constexpr std::chrono::seconds search_patience{2};
constexpr std::chrono::milliseconds retry_pause{100};
constexpr std::string_view transport_group = "orchestrator";

std::unique_ptr<LogStore> make_log(const std::filesystem::path& folder) {
  if (folder.empty()) return std::make_unique<MemoryLogStore>();
  SqliteLogOptions options;
  options.file = folder / "log.db";
  return std::make_unique<SqliteLogStore>(std::move(options));
}

std::unique_ptr<SnapshotStore> make_snapshots(const std::filesystem::path& folder) {
  if (folder.empty()) return std::make_unique<MemorySnapshotStore>();
  FileSnapshotOptions options;
  options.folder = folder / "snapshots";
  return std::make_unique<FileSnapshotStore>(std::move(options));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_leader(const CoreStatus& status, const NodeId& id) {
  return status.leader && *status.leader == id;
}

}  // namespace

class Group::Impl : public std::enable_shared_from_this<Group::Impl> {
 public:
  Impl(asio::any_io_executor executor, GroupOptions options, StateMachine& state, GroupEvents events);

  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop();
  asio::awaitable<Result<std::string>> propose(std::string command, Repetition repetition, milliseconds patience);
  asio::awaitable<Result<void>> catch_up(milliseconds patience);
  asio::awaitable<Result<void>> yield(std::string to, milliseconds patience);
  asio::awaitable<Result<void>> remove(std::string member, milliseconds patience);
  asio::awaitable<Result<void>> take_snapshot();
  [[nodiscard]] bool leads() const noexcept { return leads_; }
  [[nodiscard]] GroupStatus status() const;

 private:
  [[nodiscard]] bool has_others() const { return !options_.listen.empty(); }
  [[nodiscard]] NodeOptions node_options() const;
  [[nodiscard]] std::unique_ptr<Transport> make_transport();
  [[nodiscard]] TimePoint in(milliseconds patience) const { return runtime_.now() + patience; }
  static asio::awaitable<void> find_group(std::shared_ptr<Impl> self);
  static asio::awaitable<void> take_office(std::shared_ptr<Impl> self, Term term);
  void on_event(const NodeEvent& event);
  void on_role(const event::RoleChanged& changed);
  void set_leads(bool leads);
  [[nodiscard]] std::string new_key();
  [[nodiscard]] Error explained(Error error) const;

  GroupOptions options_;
  GroupEvents events_;
  AsioRuntime runtime_;
  LossyNetwork policy_;  // of the network that connects a node without others to nobody
  MemoryNetwork nobody_;
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<SnapshotStore> snapshots_;
  std::unique_ptr<Transport> transport_;
  Node node_;
  Term term_;
  bool leads_ = false;
  bool stopping_ = false;
  std::string searching_;  // what finding the group waits for
};

Group::Impl::Impl(asio::any_io_executor executor, GroupOptions options, StateMachine& state, GroupEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      runtime_(std::move(executor), "raft"),
      policy_(runtime_),
      nobody_(runtime_, policy_),
      log_(make_log(options_.folder)),
      snapshots_(make_snapshots(options_.folder)),
      transport_(make_transport()),
      node_(node_options(), {runtime_, *log_, *snapshots_, *transport_, state},
            [this](const NodeEvent& event) { on_event(event); }) {}

NodeOptions Group::Impl::node_options() const {
  NodeOptions options;
  options.name = options_.name;
  options.address = options_.address;
  options.core = options_.core;
  options.low_space_bytes = options_.low_space_bytes;
  return options;
}

std::unique_ptr<Transport> Group::Impl::make_transport() {
  if (!has_others()) {
    return std::make_unique<MemoryTransport>(runtime_, nobody_,
                                             MemoryTransportOptions{std::string(transport_group), options_.address});
  }
  TcpTransportOptions options;
  options.group = transport_group;
  options.listen = options_.listen;
  options.address = options_.address;
  options.tls = options_.tls;
  return std::make_unique<TcpTransport>(runtime_, std::move(options));
}

// ---- finding the group ----------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> Group::Impl::start() {
  Result<void> started = co_await node_.start();
  if (!started || !node_.status().blank) co_return started;
  const bool alone = options_.seeds.empty() && options_.nodes.size() < 2;
  if (alone) {
    started = co_await node_.bootstrap();
    co_return started;
  }
  asio::co_spawn(runtime_.executor(), find_group(shared_from_this()), asio::detached);
  co_return Result<void>();
}

asio::awaitable<void> Group::Impl::find_group(std::shared_ptr<Impl> self) {
  self->events_.on_news(
      self->options_.seeds.empty()
          ? fmt::format("{} looks for its group at {}", self->options_.name, fmt::join(self->options_.nodes, ", "))
          : fmt::format("{} joins the group of {}", self->options_.name, fmt::join(self->options_.seeds, ", ")));
  while (!self->stopping_) {
    JoinOptions options;
    options.deadline = self->in(search_patience);
    std::vector<std::string> seeds = self->options_.seeds;
    std::vector<std::string> nodes = self->options_.nodes;
    Result<void> found;
    if (seeds.empty()) {
      found = co_await self->node_.form(std::move(nodes), options);
    } else {
      found = co_await self->node_.join(std::move(seeds), options);
    }
    if (found) {
      self->searching_.clear();
      self->events_.on_news(self->options_.name + " belongs to its group");
      co_return;
    }
    if (self->stopping_) co_return;
    const std::string reason = found.error().message();
    if (reason != self->searching_) self->events_.on_news("no group yet: " + reason);
    self->searching_ = reason;
    const TimePoint next = self->in(retry_pause);
    co_await self->runtime_.sleep_until(next);
  }
}

// ---- leading --------------------------------------------------------------------------------------------------------

void Group::Impl::on_event(const NodeEvent& event) {
  if (const auto* role = std::get_if<event::RoleChanged>(&event)) {
    on_role(*role);
  } else if (const auto* failed = std::get_if<event::Failed>(&event)) {
    set_leads(false);
    events_.on_failed(failed->error);
  } else if (const auto* restored = std::get_if<event::SnapshotRestored>(&event)) {
    events_.on_news(fmt::format("the state was taken from a snapshot of {}", restored->meta.position.index.value()));
  } else if (const auto* provisioned = std::get_if<event::PeerProvisioned>(&event)) {
    events_.on_news(provisioned->delivered ? fmt::format("{} was given a snapshot", member_name(provisioned->peer))
                                           : fmt::format("{} could not be given a snapshot: {}",
                                                         member_name(provisioned->peer), provisioned->reason));
  }
}

void Group::Impl::on_role(const event::RoleChanged& changed) {
  term_ = changed.term;
  if (changed.role == Role::leader) {
    asio::co_spawn(runtime_.executor(), take_office(shared_from_this(), changed.term), asio::detached);
    return;
  }
  set_leads(false);
  if (changed.leader && has_others()) {
    events_.on_news(fmt::format("{} leads in term {}", member_name(*changed.leader), changed.term.value()));
  }
}

// A leader acts on what was committed by those before it, so it applies that first.
asio::awaitable<void> Group::Impl::take_office(std::shared_ptr<Impl> self, Term term) {
  const Result<Index> applied = co_await self->node_.read_barrier(ReadMode::quorum, TimePoint::max());
  const bool still = self->term_ == term && self->node_.status().core.role == Role::leader;
  if (!applied || !still || self->stopping_) co_return;
  if (self->has_others()) self->events_.on_news(fmt::format("this node leads in term {}", term.value()));
  self->set_leads(true);
}

void Group::Impl::set_leads(bool leads) {
  if (leads_ == leads) return;
  leads_ = leads;
  events_.on_leading(leads);
}

// ---- using the group ------------------------------------------------------------------------------------------------

// Says which disk it is, when it is this node's.
Error Group::Impl::explained(Error error) const {
  if (error.code != Errc::no_space || options_.folder.empty() || node_.status().core.role != Role::leader) return error;
  error.context = fmt::format("less than {} MiB are free for {}, or on a majority of the other nodes",
                              options_.low_space_bytes >> 20U, options_.folder.string());
  return error;
}

std::string Group::Impl::new_key() {
  return fmt::format("{:016x}{:016x}", runtime_.random(), runtime_.random());
}

asio::awaitable<Result<std::string>> Group::Impl::propose(std::string command, Repetition repetition,
                                                          milliseconds patience) {
  ProposeOptions options;
  options.deadline = in(patience);
  if (repetition == Repetition::forbidden) options.idempotency_key = new_key();
  for (;;) {
    std::string bytes = command;
    ProposeOptions how = options;
    Result<Applied> applied = co_await node_.propose(std::move(bytes), std::move(how));
    if (applied) co_return std::move(applied->answer);
    // The key, or the command's own nature, makes another attempt safe.
    const bool again = is_outcome_unknown(applied.error()) && !stopping_ && runtime_.now() < options.deadline;
    if (!again) co_return explained(applied.error());
    const TimePoint next = std::min(options.deadline, in(retry_pause));
    co_await runtime_.sleep_until(next);
  }
}

asio::awaitable<Result<void>> Group::Impl::catch_up(milliseconds patience) {
  const Result<Index> reached = co_await node_.read_barrier(ReadMode::quorum, in(patience));
  if (!reached) co_return reached.error();
  co_return Result<void>();
}

asio::awaitable<Result<void>> Group::Impl::yield(std::string to, milliseconds patience) {
  std::optional<NodeId> target;
  const NodeStatus status = node_.status();
  for (const Member& member : status.core.configuration.voters) {
    const bool meant =
        !to.empty() && (contains(std::string(member_name(member.id)), to) || contains(member.address, to));
    if (meant) target = member.id;
  }
  if (!to.empty() && !target) co_return make_error(Errc::not_member, to);
  if (target && *target == status.core.id) co_return Result<void>();
  Result<void> yielded = co_await node_.transfer(std::move(target), in(patience));
  co_return yielded;
}

asio::awaitable<Result<void>> Group::Impl::remove(std::string member, milliseconds patience) {
  const NodeStatus status = node_.status();
  std::string name = member;
  for (const Member& one : status.core.configuration.members()) {
    if (one.address == member) name = member_name(one.id);
  }
  const TimePoint deadline = in(patience);
  for (;;) {
    std::string whom = name;
    Result<void> removed = co_await node_.remove(std::move(whom), deadline);
    const bool again = !removed && removed.error().code == Errc::change_in_progress && runtime_.now() < deadline;
    if (!again) co_return removed;
    const TimePoint next = std::min(deadline, in(retry_pause));
    co_await runtime_.sleep_until(next);
  }
}

asio::awaitable<Result<void>> Group::Impl::take_snapshot() {
  const Result<SnapshotMeta> taken = co_await node_.take_snapshot();
  if (!taken) co_return taken.error();
  co_return Result<void>();
}

GroupStatus Group::Impl::status() const {
  const NodeStatus node = node_.status();
  GroupStatus status;
  status.name = options_.name;
  status.address = options_.address;
  status.role = node.core.role;
  status.term = node.core.term.value();
  status.committed = node.core.commit.value();
  status.applied = node.core.applied.value();
  const auto add = [&](const Member& member, GroupMember::Kind kind) {
    const auto peer = std::find_if(node.core.peers.begin(), node.core.peers.end(),
                                   [&](const PeerStatus& one) { return one.id == member.id; });
    const bool heard = member.id == node.core.id || is_leader(node.core, member.id) ||
                       (peer != node.core.peers.end() && peer->recently_active);
    status.members.push_back({std::string(member_name(member.id)), member.address, kind, heard});
    if (is_leader(node.core, member.id)) {
      status.leader_name = member_name(member.id);
      status.leader_address = member.address;
    }
  };
  for (const Member& member : node.core.configuration.voters) add(member, GroupMember::Kind::voter);
  for (const Member& member : node.core.configuration.learners) add(member, GroupMember::Kind::learner);
  if (node.failed) {
    status.trouble = node.failed->message();
  } else if (node.blank) {
    status.trouble = searching_.empty() ? "belongs to no group yet" : searching_;
  } else if (status.leader_address.empty()) {
    status.trouble = node.core.recovering ? "its log is damaged, and no leader brings it up" : "no leader is known";
  }
  status.is_part_of_quorum = status.trouble.empty();
  return status;
}

asio::awaitable<void> Group::Impl::stop() {
  stopping_ = true;
  co_await node_.stop();
  set_leads(false);
}

// ---- the public face ------------------------------------------------------------------------------------------------

Group::Group(asio::any_io_executor executor, GroupOptions options, StateMachine& state, GroupEvents events)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), state, std::move(events))) {}

Group::~Group() = default;

asio::awaitable<Result<void>> Group::start() {
  return impl_->start();
}

asio::awaitable<void> Group::stop() {
  return impl_->stop();
}

asio::awaitable<Result<std::string>> Group::propose(std::string command, Repetition repetition, milliseconds patience) {
  return impl_->propose(std::move(command), repetition, patience);
}

asio::awaitable<Result<void>> Group::catch_up(milliseconds patience) {
  return impl_->catch_up(patience);
}

bool Group::leads() const noexcept {
  return impl_->leads();
}

GroupStatus Group::status() const {
  return impl_->status();
}

asio::awaitable<Result<void>> Group::yield(std::string to, milliseconds patience) {
  return impl_->yield(std::move(to), patience);
}

asio::awaitable<Result<void>> Group::remove(std::string member, milliseconds patience) {
  return impl_->remove(std::move(member), patience);
}

asio::awaitable<Result<void>> Group::take_snapshot() {
  return impl_->take_snapshot();
}

}  // namespace orchestrator::group
