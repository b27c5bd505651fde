// The state behind awaitables.
#include "state/state_service.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>

#include "catch.hpp"
#include "configuration/temporary_directory.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {
namespace {

using boost::asio::awaitable;

std::unique_ptr<State> memory_state() {
  return open_state(":memory:");
}

std::vector<Command> put(const std::string& key, const std::string& value = "v") {
  std::vector<Command> commands;
  commands.emplace_back(PutKeyValue{{key, value}});
  return commands;
}

// A database whose first transaction waits until it is let go, so that the queue behind it can be looked at.
class HeldDatabase final : public Database {
 public:
  explicit HeldDatabase(std::shared_future<void> gate)
      : gate_(std::move(gate)), database_(open_sqlite({.file = ":memory:"}).value()) {}

  Dialect dialect() const override { return database_->dialect(); }
  void begin() override {
    if (transactions_++ == 0) entered.set_value();
    gate_.wait();
    database_->begin();
  }
  void commit() override { database_->commit(); }
  void roll_back() noexcept override { database_->roll_back(); }
  void run(const std::string& text, std::span<const Value> parameters) override { database_->run(text, parameters); }
  std::unique_ptr<Rows> select(const std::string& text, std::span<const Value> parameters,
                               std::span<const ValueType> types) override {
    return database_->select(text, parameters, types);
  }
  std::unique_ptr<Rows> scan(const LayoutText& table) override { return database_->scan(table); }
  std::unique_ptr<Database> view() override { return database_->view(); }

  [[nodiscard]] int transactions() const { return transactions_; }
  std::promise<void> entered;

 private:
  std::shared_future<void> gate_;
  std::unique_ptr<Database> database_;
  std::atomic<int> transactions_ = 0;
};

// A service on such a database.
struct HeldService {
  std::promise<void> gate;
  std::unique_ptr<HeldDatabase> made = std::make_unique<HeldDatabase>(gate.get_future().share());
  HeldDatabase& database = *made;
  std::future<void> entered = database.entered.get_future();
  StateService service;

  explicit HeldService(const StateServiceOptions& options = {})
      : service(std::make_unique<State>(std::move(made)), options) {}
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
  const auto all_instances = [](State& state) { return state.all<InstanceRecord>(); };
  const auto instances = co_await service.ask(all_instances);
  CHECK(instances.value().size() == 1);
  CHECK(std::this_thread::get_id() == home);
  const std::string key = "k";
  const auto read_value = [&key](State& state) { return state.value_of(key); };
  const auto value = co_await service.ask(read_value);
  CHECK(value.value() == "v");
  CHECK(std::this_thread::get_id() == home);
}

// Puts a key and keeps what came of it; there is no empty key.
awaitable<void> put_key(StateService& service, std::string key, std::vector<Result<Answers>>& results) {
  auto commands = put(key);
  const auto applied = co_await service.apply(std::move(commands));
  results.push_back(applied);
}

awaitable<void> count_values(StateService& service, std::string& count) {
  const auto all_values = [](State& state) { return state.all<KeyValue>(); };
  const auto values = co_await service.ask(all_values);
  count = values ? std::to_string(values->size()) : values.error().message();
}

}  // namespace

TEST_CASE("Commands and queries are awaited and resume where they were called") {
  StateService service(memory_state());
  run(write_and_read(service, std::this_thread::get_id()));
}

TEST_CASE("Commands that wait together are one transaction, and a bad one fails alone") {
  HeldService held;
  boost::asio::io_context context;
  std::vector<Result<Answers>> results;
  std::string count;
  boost::asio::co_spawn(context, put_key(held.service, "first", results), boost::asio::detached);
  context.poll();
  held.entered.wait();

  SECTION("three good ones") {
    for (const auto* key : {"a", "b", "c"}) {
      boost::asio::co_spawn(context, put_key(held.service, key, results), boost::asio::detached);
    }
    boost::asio::co_spawn(context, count_values(held.service, count), boost::asio::detached);
    context.poll();
    held.gate.set_value();
    context.run();
    REQUIRE(results.size() == 4);
    for (const auto& result : results) CHECK(result.value().size() == 1);
    CHECK(count == "4");
  }
  SECTION("one of them bad") {
    for (const auto* key : {"a", "", "c"}) {
      boost::asio::co_spawn(context, put_key(held.service, key, results), boost::asio::detached);
    }
    context.poll();
    held.gate.set_value();
    context.run();
    REQUIRE(results.size() == 4);
    CHECK(results[1].has_value());
    CHECK(results[2].error().code == Errc::invalid_argument);
    CHECK(results[2].error().context == "PutKeyValue: key_value: key is missing");
    CHECK(results[3].has_value());
  }
  CHECK(held.database.transactions() == 2);
}

TEST_CASE("A queue that is full refuses at once, and takes more when there is room") {
  HeldService held({.queued_commands = 2, .queued_queries = 1});
  boost::asio::io_context context;
  std::vector<Result<Answers>> results;
  std::string counts[2];
  boost::asio::co_spawn(context, put_key(held.service, "first", results), boost::asio::detached);
  context.poll();
  held.entered.wait();
  for (const auto* key : {"a", "b", "c"}) {
    boost::asio::co_spawn(context, put_key(held.service, key, results), boost::asio::detached);
  }
  for (auto& each : counts) boost::asio::co_spawn(context, count_values(held.service, each), boost::asio::detached);
  context.poll();
  REQUIRE(results.size() == 1);
  CHECK(results[0].error().code == Errc::overloaded);
  CHECK(is_retryable(results[0].error().code));
  CHECK(counts[1] == "too much is waiting to be written");
  held.gate.set_value();
  context.run();
  CHECK(results.size() == 4);
  context.restart();
  boost::asio::co_spawn(context, put_key(held.service, "c", results), boost::asio::detached);
  context.run();
  CHECK(results.back().has_value());
}

TEST_CASE("What was queued is written before the service ends") {
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "state").string();
  boost::asio::io_context context;
  std::vector<Result<Answers>> results;
  {
    StateService service(open_state(file));
    for (int i = 0; i < 200; ++i) {
      boost::asio::co_spawn(context, put_key(service, std::to_string(i), results), boost::asio::detached);
    }
    context.poll();
  }
  context.run();
  CHECK(results.size() == 200);
  CHECK(all<KeyValue>(*open_state(file)).size() == 200);
}

TEST_CASE("Many threads may use the service at once") {
  StateService service(memory_state());
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&service, number] {
      boost::asio::io_context context;
      std::vector<Result<Answers>> results;
      for (int i = 0; i < 100; ++i) {
        const auto key = std::to_string(number) + "-" + std::to_string(i);
        boost::asio::co_spawn(context, put_key(service, key, results), boost::asio::detached);
      }
      context.run();
    });
  }
  for (auto& thread : threads) thread.join();
  std::string count;
  run(count_values(service, count));
  CHECK(count == "400");
}

}  // namespace orchestrator::state
