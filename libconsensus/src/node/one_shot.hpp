// A value that one coroutine waits for and something else gives later.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace consensus {

// Copies share the value. Used on one thread. The first value counts; the waiting coroutine is resumed by the executor,
// never from within give(). Not waiting at all is fine.
template <class T>
class OneShot {
 public:
  explicit OneShot(boost::asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

  void give(T value) const {
    if (state_->given) return;
    state_->given = true;
    state_->value.emplace(std::move(value));
    if (state_->resume) boost::asio::post(state_->executor, std::exchange(state_->resume, nullptr));
  }

  [[nodiscard]] bool given() const noexcept { return state_->given; }

  // At most once.
  [[nodiscard]] boost::asio::awaitable<T> wait() const {
    const std::shared_ptr<State> state = state_;
    if (!state->given) co_await suspend(state);
    T value = std::move(*state->value);
    co_return value;
  }

 private:
  struct State {
    explicit State(boost::asio::any_io_executor executor_in) : executor(std::move(executor_in)) {}
    boost::asio::any_io_executor executor;
    bool given = false;
    std::optional<T> value;
    std::function<void()> resume;
  };

  static auto suspend(const std::shared_ptr<State>& state) {
    const auto keep = [](auto handler, std::shared_ptr<State> target) {
      // std::function wants something that can be copied.
      auto kept = std::make_shared<decltype(handler)>(std::move(handler));
      target->resume = [kept] { std::move (*kept)(); };
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(keep, boost::asio::use_awaitable,
                                                                                     state);
  }

  std::shared_ptr<State> state_;
};

}  // namespace consensus
