// The state behind awaitables.
#include "state/state_service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "sqlite_fixture.hpp"

namespace orchestrator::state {
namespace {

using boost::asio::awaitable;

// Runs the coroutine to its end on a context of its own.
template <class T>
T run(awaitable<T> coroutine) {
  boost::asio::io_context context;
  auto result = boost::asio::co_spawn(context, std::move(coroutine), boost::asio::use_future);
  context.run();
  return result.get();
}

awaitable<Result<std::size_t>> count_values(StateService& service) {
  const auto all_values = [](State& state) { return state.all<KeyValue>(); };
  const auto values = co_await service.ask(all_values);
  if (!values) co_return values.error();
  co_return values->size();
}

awaitable<void> ask_at_home(StateService& service, std::thread::id home) {
  auto asked_on = std::this_thread::get_id();
  const auto look = [&asked_on](State& state) {
    asked_on = std::this_thread::get_id();
    return state.value_of("k");
  };
  const auto value = co_await service.ask(look);
  CHECK_FALSE(value.value().has_value());
  CHECK(asked_on != home);
  CHECK(std::this_thread::get_id() == home);
}

// Keeps the service's thread busy until the gate opens.
awaitable<void> hold(StateService& service, std::promise<void>& entered, std::shared_future<void> gate) {
  const auto wait = [&entered, gate](State& state) {
    entered.set_value();
    gate.wait();
    return state.applied();
  };
  const auto ended = co_await service.ask(wait);
  CHECK(ended.has_value());
}

awaitable<void> note_count(StateService& service, std::vector<std::string>& counts) {
  auto counting = count_values(service);
  const auto count = co_await std::move(counting);
  counts.push_back(count ? std::to_string(*count) : count.error().message());
}

}  // namespace

TEST_CASE("Queries run on another thread and resume where they were called") {
  const auto state = open_state(":memory:");
  StateService service(*state);
  run(ask_at_home(service, std::this_thread::get_id()));
}

TEST_CASE("A queue that is full refuses at once, and takes more when there is room") {
  const auto state = open_state(":memory:");
  StateService service(*state, {.queued_queries = 1});
  boost::asio::io_context context;
  std::promise<void> entered;
  std::promise<void> gate;
  std::vector<std::string> counts;
  boost::asio::co_spawn(context, hold(service, entered, gate.get_future().share()), boost::asio::detached);
  context.poll();
  entered.get_future().wait();
  for (int i = 0; i < 2; ++i) boost::asio::co_spawn(context, note_count(service, counts), boost::asio::detached);
  context.poll();
  CHECK(counts == std::vector<std::string>{"too much is waiting for the state"});
  gate.set_value();
  context.run();
  CHECK(counts.back() == "0");
  CHECK(*run(count_values(service)) == 0);
}

TEST_CASE("What was queued is answered before the service ends") {
  const auto state = open_state(":memory:");
  boost::asio::io_context context;
  std::vector<std::string> counts;
  {
    StateService service(*state);
    for (int i = 0; i < 100; ++i) boost::asio::co_spawn(context, note_count(service, counts), boost::asio::detached);
    context.poll();
  }
  context.run();
  CHECK(counts == std::vector<std::string>(100, "0"));
}

TEST_CASE("Many threads may use the service at once") {
  const auto state = open_state(":memory:");
  StateService service(*state);
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&service] {
      boost::asio::io_context context;
      std::vector<std::string> counts;
      for (int i = 0; i < 50; ++i) boost::asio::co_spawn(context, note_count(service, counts), boost::asio::detached);
      context.run();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(*run(count_values(service)) == 0);
}

}  // namespace orchestrator::state
