// Runs several coroutines at once and waits for all of them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <vector>

namespace kvstore {

// Runs the parts on the executor of the calling coroutine, which must be a strand if its context has several threads.
// Cancelling the caller cancels every part. Throws the first exception of a part after all have ended.
inline boost::asio::awaitable<void> run_all(std::vector<boost::asio::awaitable<void>> parts) {
  namespace asio = boost::asio;
  if (parts.empty()) co_return;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  using Started = decltype(asio::co_spawn(executor, std::move(parts.front()), asio::deferred));
  std::vector<Started> started;
  started.reserve(parts.size());
  for (auto& part : parts) started.push_back(asio::co_spawn(executor, std::move(part), asio::deferred));
  auto group = asio::experimental::make_parallel_group(std::move(started));
  const asio::experimental::wait_for_all condition;
  const auto results = co_await group.async_wait(condition, asio::use_awaitable);
  for (const std::exception_ptr& failure : std::get<1>(results)) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace kvstore
