// The state behind awaitables.
#include "state/state_service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "catch.hpp"
#include "configuration/temporary_directory.hpp"
#include "state/sqlite_state.hpp"

namespace orchestrator::state {
namespace {

using boost::asio::awaitable;

std::unique_ptr<State> memory_state() {
  return SqliteState::open({.file = ":memory:"}).value();
}

std::vector<Command> put(const std::string& key, const std::string& value = "v") {
  std::vector<Command> commands;
  commands.emplace_back(PutKeyValue{{key, value}});
  return commands;
}

// A state whose first call waits until it is let go, so that the queue behind it can be looked at.
class HeldState final : public State {
 public:
  explicit HeldState(std::shared_future<void> gate) : gate_(std::move(gate)), state_(memory_state()) {}

  using State::apply;
  Result<void> apply(std::span<const Command> commands) override {
    if (calls_++ == 0) entered.set_value();
    gate_.wait();
    return state_->apply(commands);
  }
  Result<std::vector<InstanceRecord>> instances() override { return state_->instances(); }
  Result<std::vector<ClusterRecord>> clusters() override { return state_->clusters(); }
  Result<std::vector<HostnameResolve>> hostname_resolves() override { return state_->hostname_resolves(); }
  // Tells in how many calls the commands came.
  Result<std::vector<KeyValue>> key_values() override {
    return std::vector<KeyValue>{{"calls", std::to_string(calls_)}};
  }
  Result<std::optional<std::string>> value_of(const std::string& key) override { return state_->value_of(key); }

  std::promise<void> entered;

 private:
  std::shared_future<void> gate_;
  std::unique_ptr<State> state_;
  int calls_ = 0;
};

// Runs the coroutine to its end on a context of its own.
template <class T>
T run(awaitable<T> coroutine) {
  boost::asio::io_context context;
  auto result = boost::asio::co_spawn(context, std::move(coroutine), boost::asio::use_future);
  context.run();
  return result.get();
}

std::vector<Command> one_of_each() {
  std::vector<Command> commands;
  InstanceRecord instance;
  instance.key = {"h", 3306};
  instance.record = "r";
  commands.emplace_back(RecordInstance{instance});
  commands.emplace_back(RecordCluster{{"c", "h:3306", "a", "d"}});
  commands.emplace_back(RecordHostnameResolve{{"h", "h.example.com", {}}});
  commands.emplace_back(PutKeyValue{{"k", "v"}});
  return commands;
}

awaitable<void> write_and_read(StateService& service, std::thread::id home) {
  auto commands = one_of_each();
  const auto applied = co_await service.apply(std::move(commands));
  CHECK(applied.has_value());
  CHECK(std::this_thread::get_id() == home);
  const auto instances = co_await service.instances();
  CHECK(instances.value().size() == 1);
  const auto clusters = co_await service.clusters();
  CHECK(clusters.value().at(0).alias == "a");
  const auto resolves = co_await service.hostname_resolves();
  CHECK(resolves.value().at(0).resolved == "h.example.com");
  const auto values = co_await service.key_values();
  CHECK(values.value().size() == 1);
  std::string key = "k";
  const auto value = co_await service.value_of(std::move(key));
  CHECK(value.value() == "v");
  CHECK(std::this_thread::get_id() == home);
}

// Puts a key and keeps what came of it.
awaitable<void> put_key(StateService& service, std::string key, std::vector<Result<void>>& results) {
  auto commands = put(key);
  if (key.empty()) commands.emplace_back(RecordCluster{});
  const auto applied = co_await service.apply(std::move(commands));
  results.push_back(applied);
}

awaitable<void> read_calls(StateService& service, std::string& calls) {
  const auto values = co_await service.key_values();
  calls = values ? values->at(0).value : values.error().message();
}

}  // namespace

TEST_CASE("Commands and queries are awaited and resume where they were called") {
  StateService service(memory_state());
  run(write_and_read(service, std::this_thread::get_id()));
}

TEST_CASE("Commands that wait together are one transaction, and a bad one fails alone") {
  std::promise<void> gate;
  auto held = std::make_unique<HeldState>(gate.get_future().share());
  auto entered = held->entered.get_future();
  StateService service(std::move(held));
  boost::asio::io_context context;
  std::vector<Result<void>> results;
  std::string calls;
  boost::asio::co_spawn(context, put_key(service, "first", results), boost::asio::detached);
  context.poll();
  entered.wait();

  SECTION("three good ones") {
    for (const auto* key : {"a", "b", "c"}) {
      boost::asio::co_spawn(context, put_key(service, key, results), boost::asio::detached);
    }
    boost::asio::co_spawn(context, read_calls(service, calls), boost::asio::detached);
    context.poll();
    gate.set_value();
    context.run();
    REQUIRE(results.size() == 4);
    for (const auto& result : results) CHECK(result.has_value());
    CHECK(calls == "2");
  }
  SECTION("one of them bad") {
    for (const auto* key : {"a", "", "c"}) {
      boost::asio::co_spawn(context, put_key(service, key, results), boost::asio::detached);
    }
    context.poll();
    gate.set_value();
    context.run();
    REQUIRE(results.size() == 4);
    CHECK(results[1].has_value());
    CHECK(results[2].error().code == Errc::invalid_argument);
    CHECK(results[3].has_value());
  }
}

TEST_CASE("A queue that is full refuses at once, and takes more when there is room") {
  std::promise<void> gate;
  auto held = std::make_unique<HeldState>(gate.get_future().share());
  auto entered = held->entered.get_future();
  StateService service(std::move(held), {.queued_commands = 2, .queued_queries = 1});
  boost::asio::io_context context;
  std::vector<Result<void>> results;
  std::string calls[2];
  boost::asio::co_spawn(context, put_key(service, "first", results), boost::asio::detached);
  context.poll();
  entered.wait();
  for (const auto* key : {"a", "b", "c"}) {
    boost::asio::co_spawn(context, put_key(service, key, results), boost::asio::detached);
  }
  for (auto& each : calls) boost::asio::co_spawn(context, read_calls(service, each), boost::asio::detached);
  context.poll();
  REQUIRE(results.size() == 1);
  CHECK(results[0].error().code == Errc::overloaded);
  CHECK(is_retryable(results[0].error().code));
  CHECK(calls[1] == "too much is waiting to be written");
  gate.set_value();
  context.run();
  CHECK(results.size() == 4);
  context.restart();
  boost::asio::co_spawn(context, put_key(service, "c", results), boost::asio::detached);
  context.run();
  CHECK(results.back().has_value());
}

TEST_CASE("What was queued is written before the service ends") {
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "state").string();
  boost::asio::io_context context;
  std::vector<Result<void>> results;
  {
    StateService service(SqliteState::open({.file = file}).value());
    for (int i = 0; i < 200; ++i) {
      boost::asio::co_spawn(context, put_key(service, std::to_string(i), results), boost::asio::detached);
    }
    context.poll();
  }
  context.run();
  CHECK(results.size() == 200);
  CHECK(SqliteState::open({.file = file}).value()->key_values().value().size() == 200);
}

TEST_CASE("Many threads may use the service at once") {
  StateService service(memory_state());
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&service, number] {
      boost::asio::io_context context;
      std::vector<Result<void>> results;
      for (int i = 0; i < 100; ++i) {
        const auto key = std::to_string(number) + "-" + std::to_string(i);
        boost::asio::co_spawn(context, put_key(service, key, results), boost::asio::detached);
      }
      context.run();
    });
  }
  for (auto& thread : threads) thread.join();
  const auto values = run(service.key_values());
  CHECK(values.value().size() == 400);
}

}  // namespace orchestrator::state
