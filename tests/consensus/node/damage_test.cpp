// A damaged log: what the node says of it, who heals it, and what the operator of a group of one can do.
#include <algorithm>

#include "catch.hpp"
#include "consensus/memory_log_store.hpp"
#include "consensus/memory_snapshot_store.hpp"
#include "consensus/memory_transport.hpp"
#include "group.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
using Texts = std::vector<std::string>;
using Healing = LogDamage::Healing;

// A group of one whose disk and state machine outlive its node.
class Alone {
 public:
  Alone() : runtime_(context_.get_executor(), "alone"), policy_(runtime_), network_(runtime_, policy_) {}
  ~Alone() { end(); }

  Result<void> start(std::optional<Index> accept_damage_at = std::nullopt) {
    end();
    NodeOptions options{.name = "a", .address = "a", .core = Group::quick()};
    options.accept_damage_at = accept_damage_at;
    life_ = std::make_unique<Life>(*this, options);
    return run(life_->node.start());
  }
  void end() {
    if (!life_) return;
    boost::asio::co_spawn(context_, life_->node.stop(), [](std::exception_ptr) {});
    context_.restart();
    context_.run();
    life_.reset();
  }
  // A state machine without a disk of its own begins anew with each life of its node.
  void forget_state() { machine_ = std::make_unique<ListMachine>(); }

  Node& node() { return life_->node; }
  Result<Applied> propose(const std::string& text) {
    ProposeOptions options;
    options.deadline = runtime_.now() + 20s;
    return run(node().propose(text, std::move(options)));
  }
  Result<Index> read() { return run(node().read_barrier(ReadMode::quorum, runtime_.now() + 20s)); }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(context_, std::move(work), [&](std::exception_ptr, T value) { result = std::move(value); });
    context_.restart();
    while (!result) context_.run_one();
    return std::move(*result);
  }

  Texts items() { return machine_->items(); }
  MemoryLog& log() { return *log_; }
  [[nodiscard]] const std::vector<NodeEvent>& events() const { return life_->events; }

 private:
  struct Life {
    Life(Alone& owner, const NodeOptions& options)
        : log(owner.log_, Incarnation{1}),
          snapshots(owner.snapshots_, {.compression_level = 0}),
          transport(owner.runtime_, owner.network_, {.group = "test", .address = "a"}),
          node(options, {owner.runtime_, log, snapshots, transport, *owner.machine_},
               [this](const NodeEvent& event) { events.push_back(event); }) {}
    MemoryLogStore log;
    MemorySnapshotStore snapshots;
    MemoryTransport transport;
    std::vector<NodeEvent> events;
    Node node;
  };

  boost::asio::io_context context_;
  AsioRuntime runtime_;
  LossyNetwork policy_;
  MemoryNetwork network_;
  std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>();
  std::shared_ptr<MemorySnapshots> snapshots_ = std::make_shared<MemorySnapshots>();
  std::unique_ptr<ListMachine> machine_ = std::make_unique<ListMachine>();
  std::unique_ptr<Life> life_;
};

// Three commands; gives the index of the second one.
Index write_three(Alone& alone) {
  REQUIRE(alone.start());
  REQUIRE(alone.run(alone.node().bootstrap()));
  REQUIRE(alone.propose("first"));
  const Index second = alone.propose("second")->index;
  REQUIRE(alone.propose("third"));
  alone.end();
  return second;
}

template <class Event>
bool was_told(const std::vector<NodeEvent>& events) {
  return std::any_of(events.begin(), events.end(),
                     [](const NodeEvent& event) { return std::holds_alternative<Event>(event); });
}

TEST_CASE("the only voter with a damaged log says at once what is missing and what can be done, and does nothing") {
  Alone alone;
  const Index second = write_three(alone);
  alone.log().damage_from(second.next());
  alone.forget_state();
  REQUIRE(alone.start());
  const std::optional<LogDamage> damage = alone.node().status().damage;
  REQUIRE(damage);
  CHECK(damage->last == second);
  CHECK(damage->healing == Healing::by_operator);
  CHECK(was_told<event::LogDamaged>(alone.events()));
  const Result<Applied> proposed = alone.propose("fourth");
  REQUIRE_FALSE(proposed);
  CHECK(proposed.error().code == Errc::corrupt);
  CHECK(proposed.error().message().find("accept_damage_at = " + std::to_string(second.value())) != std::string::npos);
  CHECK(alone.read().error().code == Errc::corrupt);
}

TEST_CASE("the operator's word lets the only voter go on with what is left of its log, once") {
  Alone alone;
  const Index second = write_three(alone);
  alone.log().damage_from(second.next());
  alone.forget_state();
  REQUIRE(alone.start(second));
  CHECK(was_told<event::DamageAccepted>(alone.events()));
  REQUIRE(alone.read());
  CHECK(alone.items() == Texts{"first", "second"});
  REQUIRE(alone.propose("fourth"));
  CHECK_FALSE(alone.node().status().damage);
  // The same word, still in the configuration, is not about another damage.
  const Index last = alone.node().status().core.last.index;
  alone.end();
  alone.log().damage_from(last);
  alone.forget_state();
  REQUIRE(alone.start(second));
  CHECK(alone.node().status().damage);
  CHECK(alone.read().error().code == Errc::corrupt);
}

TEST_CASE("a word about another place than where the log ends changes nothing") {
  Alone alone;
  const Index second = write_three(alone);
  alone.log().damage_from(second.next());
  alone.forget_state();
  REQUIRE(alone.start(second.next()));
  CHECK(alone.node().status().damage);
  CHECK(alone.read().error().code == Errc::corrupt);
}

TEST_CASE("the only voter's state machine has what its log lost: refused, then kept by the operator's word") {
  Alone alone;
  const Index second = write_three(alone);
  alone.log().damage_from(second);
  const Result<void> refused = alone.start();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::corrupt);
  const Index end = second.previous();
  CHECK(refused.error().message().find("accept_damage_at = " + std::to_string(end.value())) != std::string::npos);
  REQUIRE(alone.start(end));
  REQUIRE(alone.read());
  CHECK(alone.items() == Texts{"first", "second", "third"});
  REQUIRE(alone.propose("fourth"));
  CHECK(alone.node().status().snapshot);
  // Also for a state machine that begins anew.
  alone.end();
  alone.forget_state();
  REQUIRE(alone.start());
  REQUIRE(alone.read());
  CHECK(alone.items() == Texts{"first", "second", "third", "fourth"});
}

TEST_CASE("a group of one whose write-ahead log was removed goes on by the operator's word") {
  Group group;
  group.options().housekeeping_interval = 10ms;  // the log's write-ahead log begins anew
  group.make({"a"});
  REQUIRE(group.propose("a", "first"));
  const std::filesystem::path database = group.folder("a") / "log.db";
  const auto changed = std::filesystem::last_write_time(database);
  REQUIRE(group.wait([&] { return std::filesystem::last_write_time(database) != changed; }));
  group.options().housekeeping_interval = 1h;
  group.kill("a");
  REQUIRE(group.start("a"));
  REQUIRE(group.propose("a", "second"));
  group.kill("a");
  std::filesystem::remove(group.folder("a") / "log.db-wal");
  REQUIRE(group.start("a"));
  const std::optional<LogDamage> damage = group.node("a").status().damage;
  REQUIRE(damage);
  CHECK(damage->what.find("write-ahead log") != std::string::npos);
  CHECK(damage->healing == Healing::by_operator);
  group.kill("a");
  group.options().accept_damage_at = damage->last;
  REQUIRE(group.start("a"));
  REQUIRE(group.read("a"));
  CHECK(group.items("a") == Texts{"first"});
  REQUIRE(group.propose("a", "third"));
  group.kill("a");
  group.options().accept_damage_at.reset();
  REQUIRE(group.start("a"));
  REQUIRE(group.read("a"));
  CHECK(group.items("a") == Texts{"first", "third"});
}

TEST_CASE("a member of a group is healed by the others, and says so") {
  Group group;
  group.make({"a", "b", "c"});
  REQUIRE(group.propose("a", "first"));
  group.kill("b");
  std::filesystem::remove(group.folder("b") / "log.db-wal");
  REQUIRE(group.start("b"));
  const std::optional<LogDamage> damage = group.node("b").status().damage;
  REQUIRE(damage);
  CHECK(damage->healing == Healing::by_group);
  CHECK(group.wait([&] { return !group.node("b").status().damage; }));
  REQUIRE(group.read("b"));
  CHECK(group.items("b") == Texts{"first"});
}

TEST_CASE("where a majority is damaged at once, the operator's word to one of them is enough") {
  Group group;
  group.make({"a", "b", "c"});
  REQUIRE(group.propose("a", "first"));
  for (const char* name : {"a", "b", "c"}) group.kill(name);
  for (const char* name : {"b", "c"}) std::filesystem::remove(group.folder(name) / "log.db-wal");
  for (const char* name : {"a", "b", "c"}) REQUIRE(group.start(name));
  const std::optional<LogDamage> damage = group.node("b").status().damage;
  REQUIRE(damage);
  REQUIRE(group.node("c").status().damage);
  CHECK(group.run(group.node("a").read_barrier(ReadMode::quorum, group.in(1s))).error().code == Errc::timeout);
  group.kill("b");
  group.options().accept_damage_at = damage->last;
  REQUIRE(group.start("b"));
  for (const char* name : {"a", "b", "c"}) {
    REQUIRE(group.read(name));
    CHECK(group.items(name) == Texts{"first"});
  }
  CHECK(group.wait([&] { return !group.node("c").status().damage; }));
}

}  // namespace
}  // namespace consensus_test
