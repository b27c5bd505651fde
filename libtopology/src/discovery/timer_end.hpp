// Waiting for a timer's end, whether it expires or is canceled.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace topology {

// The timer outlives the wait.
inline boost::asio::awaitable<void> timer_end(boost::asio::steady_timer& timer) {
  constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  [[maybe_unused]] const auto [code] = co_await timer.async_wait(token);
}

}  // namespace topology
