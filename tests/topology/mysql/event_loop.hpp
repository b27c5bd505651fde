// Runs coroutines to their end for tests that are not coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace test {

using Clock = std::chrono::steady_clock;

inline Clock::time_point in(std::chrono::milliseconds time) {
  return Clock::now() + time;
}

// One thread's event loop. Counts how often it gets to run a timer of 5 ms, so that tests see whether it was blocked.
class EventLoop {
 public:
  EventLoop() { tick(); }

  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
  // The longest time between two ticks so far: how long the loop was blocked.
  [[nodiscard]] std::chrono::milliseconds longest_gap() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(longest_gap_);
  }
  void forget_gaps() {
    longest_gap_ = {};
    last_tick_ = Clock::now();
  }

  template <class Value>
  Value run(boost::asio::awaitable<Value> operation) {
    boost::asio::cancellation_signal never;
    return run_cancelled(std::move(operation), never, std::chrono::hours(1));
  }

  // Cancels the operation after the time.
  template <class Value>
  Value run_cancelled(boost::asio::awaitable<Value> operation, boost::asio::cancellation_signal& signal,
                      std::chrono::milliseconds after) {
    std::optional<Value> result;
    std::exception_ptr thrown;
    bool done = false;
    boost::asio::steady_timer timer(context_, after);
    timer.async_wait([&](boost::system::error_code error) {
      if (!error) {
        signal.emit(boost::asio::cancellation_type::terminal);
      }
    });
    boost::asio::co_spawn(
        context_, std::move(operation),
        boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, Value value) {
          thrown = error;
          result.emplace(std::move(value));
          done = true;
        }));
    forget_gaps();
    run_until([&] { return done; }, std::chrono::minutes(2));
    if (thrown) {
      std::rethrow_exception(thrown);
    }
    return std::move(result).value();
  }

  // Runs the loop until the condition holds; false when it does not within the time.
  template <class Condition>
  bool run_until(Condition condition, std::chrono::milliseconds time) {
    const auto end = in(time);
    while (!condition()) {
      if (Clock::now() > end) {
        return false;
      }
      context_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

 private:
  void tick() {
    ticker_.expires_after(std::chrono::milliseconds(5));
    ticker_.async_wait([this](boost::system::error_code error) {
      if (error) {
        return;
      }
      const auto now = Clock::now();
      longest_gap_ = std::max(longest_gap_, now - last_tick_);
      last_tick_ = now;
      tick();
    });
  }

  boost::asio::io_context context_{1};
  boost::asio::steady_timer ticker_{context_};
  Clock::time_point last_tick_ = Clock::now();
  Clock::duration longest_gap_{};
};

}  // namespace test
