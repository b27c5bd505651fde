// The running part of a Node: feeds the core, carries out what it says, answers who waits.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "consensus/node.hpp"
#include "node/applier.hpp"
#include "node/early_restore.hpp"
#include "node/one_shot.hpp"
#include "node/requests.hpp"

namespace consensus {

// Shared with the coroutines it has started; everything happens on the runtime's executor. Split over several source
// files by what it does: running.cpp (the pump), operations.cpp (calls of the embedder), membership.cpp (joining and
// other nodes' requests), forming.cpp (founding together), applying.cpp (the queue in front of the state machine),
// provisioning.cpp (snapshots).
class Node::Running final : public TransportHandler, public std::enable_shared_from_this<Node::Running> {
 public:
  Running(NodeOptions options, NodePorts ports, std::function<void(const NodeEvent&)> on_event);

  boost::asio::awaitable<Result<void>> start();
  boost::asio::awaitable<Result<void>> bootstrap();
  boost::asio::awaitable<Result<void>> join(std::vector<std::string> seeds, JoinOptions options);
  boost::asio::awaitable<Result<void>> form(std::vector<std::string> nodes, JoinOptions options);
  boost::asio::awaitable<Result<Applied>> propose(std::string command, ProposeOptions options);
  boost::asio::awaitable<Result<Index>> read_barrier(ReadMode mode, TimePoint deadline);
  boost::asio::awaitable<Result<Index>> change(ConfigurationChange change, TimePoint deadline);
  boost::asio::awaitable<Result<void>> remove(std::string name, TimePoint deadline);
  boost::asio::awaitable<Result<void>> transfer(std::optional<NodeId> target, TimePoint deadline);
  boost::asio::awaitable<Result<SnapshotMeta>> take_snapshot();
  boost::asio::awaitable<void> stop();
  [[nodiscard]] NodeStatus status() const;
  [[nodiscard]] bool active() const noexcept { return core_.has_value() && !stopping_; }

  void on_message(Message message) override;
  void on_peer_lost(const NodeId& peer) override;
  boost::asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> on_snapshot(NodeId from,
                                                                                SnapshotManifest manifest) override;
  boost::asio::awaitable<Result<void>> on_snapshot_complete(std::shared_ptr<SnapshotReceiver> receiver,
                                                            Message message) override;
  boost::asio::awaitable<Result<std::string>> on_request(NodeId from, std::string request) override;

 private:
  // Someone waits for a request to the core; kept until it is answered.
  struct Waiting {
    OneShot<Result<Applied>> done;
    TimePoint deadline;
    bool handed_over = false;    // the core has it: after this a deadline means that the outcome is unknown
    bool changes_state = false;  // a proposal or a change, not a read
    bool until_applied = false;  // committing is not enough
  };
  struct RestoreItem {
    SnapshotMeta meta;
    OneShot<bool> durable;
  };
  struct SnapshotItem {
    std::optional<OneShot<Result<SnapshotMeta>>> done;
  };
  using Signal = std::shared_ptr<boost::asio::cancellation_signal>;
  using ApplyItem = std::variant<CommittedRange, RestoreItem, SnapshotItem>;

  // running.cpp
  boost::asio::awaitable<Result<BootState>> open();
  void begin(BootState boot);
  void push(Input input);
  void schedule_pump();
  void pump();
  void carry_out(Output output);
  void send(std::vector<Message> messages);
  void complete(Completion completion);
  void notice_changes();
  boost::asio::awaitable<void> write_log(Write write, std::vector<Message> after, std::optional<OneShot<bool>> durable);
  boost::asio::awaitable<void> read_log(LogReadOrder order);
  boost::asio::awaitable<void> keep_house();
  void count_written(const Write& write);
  boost::asio::awaitable<void> tidy_log();
  void arm_timer();
  boost::asio::awaitable<void> sleep_and_pump(TimePoint when, std::uint64_t generation);
  void expire_requests(TimePoint now);
  void wait_for(RequestId request, Waiting waiting);
  std::optional<Waiting> release(RequestId request);
  void spawn(boost::asio::awaitable<void> task);
  Signal spawn_cancellable(boost::asio::awaitable<void> task);
  static void cancel(const Signal& signal);
  void task_ended();
  void fail(Error error);
  void end_requests(const Error& reason);
  void tell(const NodeEvent& event) const;
  [[nodiscard]] TimePoint now() const { return ports_.runtime.now(); }

  // operations.cpp
  boost::asio::awaitable<Result<Applied>> ask_core(Input input, RequestId request, Waiting waiting);
  RequestId next_request() noexcept;
  boost::asio::awaitable<Result<void>> wait_for_leader(TimePoint deadline);
  boost::asio::awaitable<void> pause_until(TimePoint when);
  boost::asio::awaitable<Result<Applied>> forward(std::string command, ProposeOptions options);
  [[nodiscard]] std::optional<Error> refusal() const;
  [[nodiscard]] bool waits_for_operator() const noexcept;
  [[nodiscard]] std::optional<Member> leader_member() const;
  [[nodiscard]] Duration patience_until(TimePoint deadline) const;

  // forming.cpp
  struct Census {
    std::vector<std::string> members;  // addresses of nodes that belong to a group
    std::size_t blank = 0;             // nodes that belong to none, this one included
  };
  boost::asio::awaitable<Census> count(std::vector<std::string> nodes);

  // membership.cpp
  boost::asio::awaitable<Result<std::string>> ask_group(std::vector<std::string> addresses, NodeRequest request,
                                                        TimePoint deadline);
  boost::asio::awaitable<Result<std::string>> answer(NodeRequest request);
  boost::asio::awaitable<Result<std::string>> pass_on(NodeRequest request);
  boost::asio::awaitable<Result<std::string>> admit(Member member, TimePoint deadline);
  boost::asio::awaitable<Result<std::string>> promote(NodeId id, TimePoint deadline);
  boost::asio::awaitable<Result<std::string>> expel(std::string name, TimePoint deadline);
  boost::asio::awaitable<void> announce_address();
  [[nodiscard]] bool is_known_elsewhere() const;
  void check_catching_up();
  [[nodiscard]] std::vector<std::string> member_addresses() const;

  // applying.cpp
  void enqueue(ApplyItem item);
  boost::asio::awaitable<void> apply_queue();
  boost::asio::awaitable<void> apply_range(CommittedRange range);
  boost::asio::awaitable<void> restore(RestoreItem item);
  boost::asio::awaitable<void> begin_snapshot(SnapshotItem item);
  bool drop_until_restore();
  void finish_applied(Index through, std::vector<Applier::Answer> answers);
  void answer_waiting(Index through, const std::vector<Applier::Answer>& answers);

  // provisioning.cpp
  boost::asio::awaitable<void> write_snapshot(std::shared_ptr<SnapshotSource> source, SnapshotMeta meta,
                                              std::string header, SnapshotItem item);
  boost::asio::awaitable<Result<SnapshotManifest>> store_snapshot(std::shared_ptr<SnapshotSource> source,
                                                                  SnapshotMeta meta, std::string header);
  boost::asio::awaitable<void> provision(SnapshotOrder order);
  std::shared_ptr<SnapshotReceiver> restore_early(std::unique_ptr<SnapshotReceiver> receiver, const SnapshotMeta& meta,
                                                  std::unique_ptr<SnapshotFollower> follower);
  boost::asio::awaitable<void> take_arrivals(std::shared_ptr<EarlyRestore> early);
  boost::asio::awaitable<void> drop_early();

  NodeOptions options_;
  NodePorts ports_;
  std::function<void(const NodeEvent&)> on_event_;
  NodeId id_;
  std::optional<RaftCore> core_;
  std::optional<Error> failed_;
  std::optional<LogDamage> damage_;  // found by start(); see CoreStatus::recovering for whether it is healed
  bool damage_accepted_ = false;
  bool blank_ = false;
  bool stopping_ = false;

  std::vector<Input> inbox_;
  bool pump_scheduled_ = false;
  TimePoint core_deadline_ = TimePoint::max();
  TimePoint armed_ = TimePoint::max();
  std::uint64_t timer_generation_ = 0;
  Signal timer_;
  Signal housekeeping_;
  bool tidying_ = false;
  std::uint64_t written_since_tidied_ = 0;  // bytes of entries
  Space known_space_ = Space::enough;

  std::uint64_t last_request_ = 0;
  std::map<RequestId, Waiting> waiting_;
  std::set<std::pair<TimePoint, RequestId>> deadlines_;  // of those that wait
  std::multimap<Index, RequestId> until_applied_;
  std::vector<RequestId> until_leader_;
  // Promotions that wait for a learner to catch up: up to which index.
  struct CatchingUp {
    NodeId id;
    Index target;
    TimePoint deadline;
    OneShot<Result<Index>> done;
  };
  std::vector<CatchingUp> catching_up_;

  Applier applier_;  // the apply lane's while something is applied
  Index applied_;    // through which whoever waited has been answered
  std::deque<ApplyItem> apply_items_;
  bool applying_ = false;
  bool writing_snapshot_ = false;
  std::optional<SnapshotMeta> newest_snapshot_;
  std::shared_ptr<EarlyRestore> early_;  // has the state machine to itself while it is there

  Role known_role_ = Role::follower;
  Term known_term_;
  std::optional<NodeId> known_leader_;
  Index known_configuration_index_;

  std::size_t tasks_ = 0;
  OneShot<bool> all_ended_;
};

}  // namespace consensus
