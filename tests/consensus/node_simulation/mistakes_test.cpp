// Mistakes that are made on purpose, and that a simulation of whole nodes must find: disks that never sync, nodes that
// answer too early, commands that lose their keys, reads that ask nobody, stores that forget, states that differ.
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/node_simulation.hpp"

using namespace consensus;
using namespace consensus::simulator;

namespace {

using boost::asio::awaitable;

// The kinds of failures that seeds of a profile have with the mistake.
std::set<std::string> kinds_found(std::string_view profile, std::uint64_t seeds, const NodeLayers& layers,
                                  const std::function<void(NodePlan&)>& change = {},
                                  const SubjectFactory& factory = {}) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 1; seed <= seeds && kinds.empty(); ++seed) {
    NodePlan plan = make_node_plan(profile, seed).value();
    if (change) change(plan);
    const Report report = run_isolated([&] { return simulate_nodes(plan, factory, layers); });
    if (report.failure) kinds.insert(report.failure->kind);
  }
  return kinds;
}

// Says that all of a write is durable, but leaves something out.
class ForgetfulLog final : public LogStore {
 public:
  explicit ForgetfulLog(std::unique_ptr<LogStore> inner) : inner_(std::move(inner)) {}
  Result<StoredLog> open() override { return inner_->open(); }
  Incarnation incarnation() const override { return inner_->incarnation(); }
  // Term and vote are not kept.
  Result<void> write(const Write& write) override {
    Write kept = write;
    kept.hard_state.reset();
    return inner_->write(kept);
  }
  Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) override {
    return inner_->read(first, last, max_bytes);
  }
  Result<std::uint64_t> free_bytes() const override { return inner_->free_bytes(); }
  Result<void> maintain() override { return inner_->maintain(); }

 private:
  std::unique_ptr<LogStore> inner_;
};

awaitable<Result<Applied>> answer_at_once(Node& node, std::string command, ProposeOptions options) {
  auto proposing = node.propose(std::move(command), std::move(options));
  auto applied = co_await std::move(proposing);
  // As if the leader had answered when it had appended the command.
  if (!applied && is_outcome_unknown(applied.error())) co_return Applied{};
  co_return applied;
}

awaitable<Result<Applied>> propose_without_key(Node& node, std::string command, ProposeOptions options) {
  options.idempotency_key.clear();
  auto proposing = node.propose(std::move(command), std::move(options));
  auto applied = co_await std::move(proposing);
  co_return applied;
}

awaitable<Result<Index>> ask_nobody(Node&, ReadMode, TimePoint) {
  co_return Index(1);
}

// A state machine whose answers depend on how often it was started.
class MoodyMachine final : public StateMachine {
 public:
  MoodyMachine(std::unique_ptr<StateMachine> inner, std::string mood)
      : inner_(std::move(inner)), mood_(std::move(mood)) {}
  Result<Index> applied() override { return inner_->applied(); }
  Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) override {
    auto answers = inner_->apply(commands, through);
    if (answers) {
      for (std::string& answer : *answers) answer += mood_;
    }
    return answers;
  }
  Result<std::unique_ptr<SnapshotSource>> take_snapshot() override { return inner_->take_snapshot(); }
  Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index index) override {
    return inner_->restore_snapshot(index);
  }

 private:
  std::unique_ptr<StateMachine> inner_;
  std::string mood_;
};

class MoodySubject final : public Subject {
 public:
  std::unique_ptr<StateMachine> make_state_machine() override {
    return std::make_unique<MoodyMachine>(inner_->make_state_machine(), std::to_string(++made_));
  }
  Request make_request(std::uint64_t number, Random& random) override { return inner_->make_request(number, random); }
  std::string read(StateMachine&, std::string_view) override { return {}; }

 private:
  std::unique_ptr<Subject> inner_ = make_register_subject();
  int made_ = 0;
};

}  // namespace

TEST_CASE("disks that never sync are found as soon as the power fails") {
  const auto found = kinds_found("crash", 10, {}, [](NodePlan& plan) { plan.lying_disks = 1; });
  CHECK((found.contains("lost-write") || found.contains("corrupt") || found.contains("damage")));
}

TEST_CASE("a log that does not keep its votes is found") {
  NodeLayers layers;
  layers.log = [](std::unique_ptr<LogStore> log) { return std::make_unique<ForgetfulLog>(std::move(log)); };
  CHECK(kinds_found("crash", 10, layers).contains("lost-write"));
}

TEST_CASE("answers before the command is committed are found") {
  NodeLayers layers;
  layers.propose = answer_at_once;
  CHECK(kinds_found("network", 60, layers).contains("history"));
}

TEST_CASE("repeated commands that lose their keys are found") {
  NodeLayers layers;
  layers.propose = propose_without_key;
  CHECK(kinds_found("crash", 60, layers).contains("history"));
}

TEST_CASE("reads that do not ask the leader are found") {
  NodeLayers layers;
  layers.read_barrier = ask_nobody;
  CHECK(kinds_found("network", 20, layers).contains("history"));
}

TEST_CASE("state machines that are not deterministic are found") {
  CHECK(kinds_found("calm", 3, {}, {}, [] { return std::make_unique<MoodySubject>(); }).contains("state-machine"));
}

TEST_CASE("what fails is made smaller, and still fails") {
  NodePlan plan = make_node_plan("crash", 1).value();
  plan.lying_disks = 1;
  const auto run = [](const NodePlan& candidate) {
    return run_isolated([&] { return simulate_nodes(candidate); }).failure;
  };
  const std::optional<Failure> failure = run(plan);
  REQUIRE(failure);
  const NodePlan smaller = shrink_faults(plan, *failure, run, 60);
  CHECK(smaller.faults.size() < 4);
  CHECK(run(smaller).has_value());
}
