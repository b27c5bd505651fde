// The real runtime: sleeping, being cancelled, and work in lanes.
#include "consensus/asio_runtime.hpp"

#include <pthread.h>

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "catch.hpp"

namespace consensus {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Fixture {
  asio::io_context context;
  AsioRuntime runtime{context.get_executor(), "test"};
};

void rethrow(std::exception_ptr thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

std::string thread_name() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

TEST_CASE("sleep_until wakes at the time and not before") {
  Fixture f;
  const TimePoint wanted = f.runtime.now() + 30ms;
  TimePoint woken;
  auto sleeper = [&]() -> asio::awaitable<void> {
    co_await f.runtime.sleep_until(wanted);
    woken = f.runtime.now();
  };
  asio::co_spawn(f.context, sleeper(), rethrow);
  f.context.run();
  CHECK(woken >= wanted);
}

TEST_CASE("a cancelled sleep ends early and without an exception") {
  Fixture f;
  asio::cancellation_signal signal;
  bool woken = false;
  auto sleeper = [&]() -> asio::awaitable<void> {
    const TimePoint far = f.runtime.now() + 1h;
    co_await f.runtime.sleep_until(far);
    woken = true;
  };
  asio::co_spawn(f.context, sleeper(), asio::bind_cancellation_slot(signal.slot(), rethrow));
  f.context.poll();
  CHECK_FALSE(woken);
  signal.emit(asio::cancellation_type::terminal);
  f.context.run();
  CHECK(woken);
}

TEST_CASE("work runs in order in the named thread of its lane, and comes back to the executor") {
  Fixture f;
  const auto home = std::this_thread::get_id();
  std::vector<int> order;
  std::vector<std::string> names;
  bool came_back = true;
  auto worker = [&](int number) -> asio::awaitable<void> {
    std::function<void()> work = [&order, &names, number] {
      order.push_back(number);
      names.push_back(thread_name());
    };
    co_await f.runtime.run(Lane::log, std::move(work));
    came_back = came_back && std::this_thread::get_id() == home;
  };
  for (int i = 0; i < 20; ++i) asio::co_spawn(f.context, worker(i), rethrow);
  f.context.run();
  REQUIRE(order.size() == 20);
  for (int i = 0; i < 20; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
  CHECK(names == std::vector<std::string>(20, "test-log"));
  CHECK(came_back);
}

TEST_CASE("lanes do not wait for each other") {
  Fixture f;
  std::atomic<bool> applied = false;
  bool log_saw_it = false;
  auto log = [&]() -> asio::awaitable<void> {
    std::function<void()> work = [&] {
      applied.wait(false);
      log_saw_it = true;
    };
    co_await f.runtime.run(Lane::log, std::move(work));
  };
  auto apply = [&]() -> asio::awaitable<void> {
    std::function<void()> work = [&] {
      applied = true;
      applied.notify_all();
    };
    co_await f.runtime.run(Lane::apply, std::move(work));
  };
  asio::co_spawn(f.context, log(), rethrow);
  asio::co_spawn(f.context, apply(), rethrow);
  f.context.run();
  CHECK(log_saw_it);
}

TEST_CASE("work in a lane is done to its end when its coroutine is cancelled") {
  Fixture f;
  asio::cancellation_signal signal;
  std::atomic<bool> may_end = false;
  bool done = false;
  bool ended = false;
  auto worker = [&]() -> asio::awaitable<void> {
    std::function<void()> work = [&] {
      may_end.wait(false);
      done = true;
    };
    co_await f.runtime.run(Lane::snapshot, std::move(work));
  };
  const auto on_end = [&](std::exception_ptr) { ended = true; };
  asio::co_spawn(f.context, worker(), asio::bind_cancellation_slot(signal.slot(), on_end));
  f.context.poll();
  signal.emit(asio::cancellation_type::terminal);
  f.context.poll();
  CHECK_FALSE(ended);
  may_end = true;
  may_end.notify_all();
  f.context.run();
  CHECK(done);
  CHECK(ended);
}

TEST_CASE("two runtimes give different random numbers") {
  Fixture one;
  Fixture other;
  CHECK(one.runtime.random() != other.runtime.random());
  CHECK(one.runtime.random() != one.runtime.random());
}

}  // namespace
}  // namespace consensus
