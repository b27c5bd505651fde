// Runs coroutines and waits for conditions on one thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace consensus_test {

using namespace std::chrono_literals;

// Declare it before all that is used on it.
class Loop {
 public:
  // What a coroutine that was started will give.
  template <class T>
  using Outcome = std::shared_ptr<std::optional<T>>;

  template <class T>
  [[nodiscard]] Outcome<T> start(boost::asio::awaitable<T> work) {
    auto outcome = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(context_, std::move(work), [outcome](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      *outcome = std::move(value);
    });
    return outcome;
  }

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    const Outcome<T> outcome = start(std::move(work));
    if (!wait_until([&] { return outcome->has_value(); })) throw std::runtime_error("a coroutine did not end in time");
    return std::move(**outcome);
  }

  void run(boost::asio::awaitable<void> work) {
    bool ended = false;
    boost::asio::co_spawn(context_, std::move(work), [&](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
      ended = true;
    });
    if (!wait_until([&] { return ended; })) throw std::runtime_error("a coroutine did not end in time");
  }

  template <class Condition>
  [[nodiscard]] bool wait_until(Condition condition, std::chrono::milliseconds deadline = 20s) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      context_.restart();
      context_.run_one_for(20ms);
    }
    return true;
  }

  // Lets happen what happens, for a time in which nothing is to happen.
  void idle(std::chrono::milliseconds time) {
    static_cast<void>(wait_until([] { return false; }, time));
  }

  [[nodiscard]] boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_;
};

}  // namespace consensus_test
