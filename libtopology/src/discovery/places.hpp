// A bounded number of places for concurrent work; coroutines wait for a free one in order.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <memory>

namespace topology {

// Confined to one executor that runs one handler at a time.
class Places {
 public:
  Places(boost::asio::any_io_executor executor, std::size_t count);

  // Suspends until a place is free. Without a deadline: whoever holds a place gives it back within its own.
  boost::asio::awaitable<void> take();
  void give_back();
  // More places at once, or fewer as they are given back.
  void resize(std::size_t count);

  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  void admit();

  boost::asio::any_io_executor executor_;
  std::size_t count_;
  std::size_t taken_ = 0;
  std::deque<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

// Gives the place back at the end of a scope.
class PlaceGuard {
 public:
  explicit PlaceGuard(Places& places) noexcept : places_(places) {}
  ~PlaceGuard() { places_.give_back(); }
  PlaceGuard(const PlaceGuard&) = delete;
  PlaceGuard& operator=(const PlaceGuard&) = delete;

 private:
  Places& places_;
};

}  // namespace topology
