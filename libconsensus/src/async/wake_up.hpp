// Lets one coroutine wait until another one has something for it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "consensus/ids.hpp"

namespace consensus::async {

// One waiter at a time, all on one executor. A wake-up while nobody waits is kept for the next wait. A cancelled wait
// ends early: look at the condition again.
class WakeUp {
 public:
  explicit WakeUp(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  void wake() {
    is_set_ = true;
    timer_.cancel();
  }
  boost::asio::awaitable<void> wait() {
    if (!is_set_) {
      timer_.expires_at(boost::asio::steady_timer::time_point::max());
      constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);
      const auto waited = co_await timer_.async_wait(as_result);
      static_cast<void>(waited);
    }
    is_set_ = false;
  }
  boost::asio::awaitable<void> wait_for(Duration duration) {
    if (!is_set_) {
      timer_.expires_after(duration);
      constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);
      const auto waited = co_await timer_.async_wait(as_result);
      static_cast<void>(waited);
    }
    is_set_ = false;
  }

 private:
  boost::asio::steady_timer timer_;
  bool is_set_ = false;
};

}  // namespace consensus::async
