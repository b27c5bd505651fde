// One member of a replicated group, running: a RaftCore together with its stores, its transport and a state machine.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/log_store.hpp"
#include "consensus/raft_core.hpp"
#include "consensus/runtime.hpp"
#include "consensus/snapshot_store.hpp"
#include "consensus/state_machine.hpp"
#include "consensus/transport.hpp"

namespace consensus {

// Where StateMachine::apply runs.
enum class ApplyOn {
  lane,      // on a thread of its own: for state machines that may block
  executor,  // in place, a thread change less: for state machines in memory
};

struct NodeOptions {
  std::string name;     // of this member; unique in the group, without '/'
  std::string address;  // where other members reach it, "host:port"
  CoreOptions core;     // its id is made from the name and the store's incarnation
  ApplyOn apply_on = ApplyOn::lane;
  std::size_t max_pending_requests = 65'536;  // proposals and reads that are not answered yet; more are overloaded
  std::size_t kept_snapshots = 2;
  std::uint64_t snapshot_bytes_per_second = 0;               // to each peer; zero: as fast as it goes
  std::uint64_t low_space_bytes = 64U << 20U;                // with less free, the group is told that space is low
  Duration housekeeping_interval = std::chrono::seconds(1);  // between two looks after the log
  std::uint64_t housekeeping_bytes = 16U << 20U;             // or sooner, once so much was written
  // The operator's word: a damaged log that ends here (LogDamage::last) is taken for whole, and what it has lost is
  // given up (docs/decisions/0012). For a log that ends elsewhere, or is not damaged, it means nothing.
  std::optional<Index> accept_damage_at{};
};

// A log that has lost something that it had stored. As long as it is not healed, its member neither votes nor leads.
struct LogDamage {
  enum class Healing {
    by_group,     // by a leader, as soon as a quorum has one without this member
    by_operator,  // this is the only voter, so nobody else has what is lost: NodeOptions::accept_damage_at, or a backup
  };
  std::string what;  // for people
  Index last;        // of what is left
  Healing healing = Healing::by_group;

  // What happened and what can be done about it, in a sentence or two.
  [[nodiscard]] std::string message() const;
};

// All outlive the node; the stores have not been opened yet.
struct NodePorts {
  Runtime& runtime;
  LogStore& log;
  SnapshotStore& snapshots;
  Transport& transport;
  StateMachine& state_machine;
};

namespace event {
struct RoleChanged {
  Role role = Role::follower;
  Term term;
  std::optional<NodeId> leader;
};
struct ConfigurationChanged {
  Index index;
  Configuration configuration;
};
struct SnapshotPublished {
  SnapshotMeta meta;
  std::uint64_t bytes = 0;
};
struct SnapshotRestored {
  SnapshotMeta meta;
};
struct PeerProvisioned {
  NodeId peer;
  bool delivered = false;
  std::string reason;  // why not
};
// Found when the node started.
struct LogDamaged {
  LogDamage damage;
};
// NodeOptions::accept_damage_at took effect.
struct DamageAccepted {
  LogDamage damage;
};
// The node has stopped by itself, because a store or the state machine failed.
struct Failed {
  Error error;
};
}  // namespace event

using NodeEvent =
    std::variant<event::RoleChanged, event::ConfigurationChanged, event::SnapshotPublished, event::SnapshotRestored,
                 event::PeerProvisioned, event::LogDamaged, event::DamageAccepted, event::Failed>;

struct ProposeOptions {
  TimePoint deadline = TimePoint::max();
  // A command with a key that was applied before is not applied again; the answer of the first time is given if it is
  // still remembered (the newest 65,536 keys are; answers only since the node started). Makes repeating after
  // Errc::outcome_unknown safe.
  std::string idempotency_key{};
  // A node that does not lead hands the command to the leader, and waits for one, within the deadline, if there is
  // none.
  bool forward = true;
};

struct Applied {
  Index index;
  std::string answer;  // what StateMachine::apply said
};

enum class JoinAs { voter, learner };

struct JoinOptions {
  JoinAs as = JoinAs::voter;
  TimePoint deadline = TimePoint::max();
};

struct NodeStatus {
  CoreStatus core;
  std::string address;
  Incarnation incarnation;
  bool blank = false;  // has no group yet: bootstrap() or join()
  std::optional<SnapshotMeta> snapshot;
  std::size_t pending_requests = 0;
  std::optional<LogDamage> damage;  // not healed yet
  std::optional<Error> failed;
};

// Everything is called on the runtime's executor. Calls that wait may be made at the same time and end with their
// deadline at the latest; they do not take part in Asio's cancellation. Several nodes, of the same or of other groups,
// live in one process, each with ports of its own.
//
// A node belongs to the group its log says. A blank one either founds a group (bootstrap) or asks any member to let it
// in (join): it becomes a learner, is given a snapshot or the log, and becomes a voter once it has caught up. A node
// whose data is gone is blank again and joins under the same name; the member it was is removed in the same step. A
// node that comes back under another address tells the group by itself.
class Node {
 public:
  Node(NodeOptions options, NodePorts ports, std::function<void(const NodeEvent&)> on_event = {});
  // After stop() or a failure only.
  ~Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;

  // Opens the stores, brings the state machine up to what they have and starts to take part. Errors: those of the
  // ports; Errc::corrupt when they do not have enough to go on with; the node is then as if it had been stopped.
  [[nodiscard]] boost::asio::awaitable<Result<void>> start();
  // Makes a blank node a group of one. Errc::invalid_argument if it is not blank.
  [[nodiscard]] boost::asio::awaitable<Result<void>> bootstrap();
  // Makes a blank node a member of the group that one of the addresses belongs to; comes back when it is one. Does
  // nothing on a node that is already. Repeats until the deadline, so seeds may still be starting.
  [[nodiscard]] boost::asio::awaitable<Result<void>> join(std::vector<std::string> seeds, JoinOptions options);
  // For nodes that are all given the same list of addresses, their own among them, and find out by themselves: when one
  // of them belongs to a group already, the others join it; otherwise the first in alphabetical order founds it once it
  // sees a majority of the list (it waits for that, so that it does not found a second group after it has lost its
  // data). Does nothing on a node that is not blank.
  [[nodiscard]] boost::asio::awaitable<Result<void>> form(std::vector<std::string> nodes, JoinOptions options);

  // Comes back when the command is applied here, or at the leader it was forwarded to. Errc::corrupt, at once, where
  // the only voter's log is damaged; so do reads and changes.
  [[nodiscard]] boost::asio::awaitable<Result<Applied>> propose(std::string command, ProposeOptions options);
  // Comes back when the state machine here has everything that was committed before the call.
  [[nodiscard]] boost::asio::awaitable<Result<Index>> read_barrier(ReadMode mode, TimePoint deadline);
  // Leader only. Comes back when the new configuration is committed (a joint one is then left in the background).
  [[nodiscard]] boost::asio::awaitable<Result<Index>> change(ConfigurationChange change, TimePoint deadline);
  // Removes a member by its name, from any node.
  [[nodiscard]] boost::asio::awaitable<Result<void>> remove(std::string name, TimePoint deadline);
  // Leader only: to a named member or the best one.
  [[nodiscard]] boost::asio::awaitable<Result<void>> transfer(std::optional<NodeId> target, TimePoint deadline);
  // Takes a snapshot now, whatever the policy says; comes back when it is published.
  [[nodiscard]] boost::asio::awaitable<Result<SnapshotMeta>> take_snapshot();

  [[nodiscard]] NodeStatus status() const;
  // Ends everything that waits with Errc::stopped (Errc::outcome_unknown for proposals under way).
  [[nodiscard]] boost::asio::awaitable<void> stop();

 private:
  class Running;
  std::shared_ptr<Running> running_;
};

// The id under which a name takes part with a store: "name/incarnation", and back.
[[nodiscard]] NodeId make_node_id(std::string_view name, Incarnation incarnation);
[[nodiscard]] std::string_view member_name(const NodeId& id) noexcept;

}  // namespace consensus
