// A connection for a snapshot or a request between two endpoints of an in-process network.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "memory/network.hpp"

namespace consensus::memory {

// What a coroutine of one endpoint waits for: set once, or closed with the endpoint. It may be set when the process
// that waited for it is gone with its executor.
template <class T>
struct Awaited : async::Closable {
  void set(Result<T> value) {
    if (!result) result = std::move(value);
    if (waiter != nullptr) waiter->wake();
  }
  void close(const Error& reason) override { set(reason); }

  // Lives in the coroutine that waits, and ends with it.
  class Waiter {
   public:
    Waiter(Awaited& awaited, const boost::asio::any_io_executor& executor) : awaited_(awaited), wake_up_(executor) {
      awaited_.waiter = &wake_up_;
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { awaited_.waiter = nullptr; }
    boost::asio::awaitable<void> wait() { return wake_up_.wait(); }

   private:
    Awaited& awaited_;
    async::WakeUp wake_up_;
  };

  std::optional<Result<T>> result;
  async::WakeUp* waiter = nullptr;
};

template <class T>
boost::asio::awaitable<Result<T>> wait_for(Endpoint& waiting, std::shared_ptr<Awaited<T>> awaited) {
  if (waiting.tasks.is_closed()) co_return make_error(Errc::stopped, waiting.self.name());
  typename Awaited<T>::Waiter waiter(*awaited, waiting.tasks.executor());
  const async::Tasks::Registration registration(waiting.tasks, *awaited);
  while (!awaited->result) {
    auto sleeping = waiter.wait();
    co_await std::move(sleeping);
  }
  co_return std::move(*awaited->result);
}

// Used by the endpoint that began it. Errors: Errc::connection_failed when it breaks or the other side ends,
// Errc::stopped when this side does.
class Conversation {
 public:
  Conversation(std::shared_ptr<Network> network, std::shared_ptr<Endpoint> self)
      : network_(std::move(network)), self_(std::move(self)) {}

  // There and back. Errors also: Errc::incompatible.
  boost::asio::awaitable<Result<void>> open(wire::Purpose purpose, std::string address, NodeId member);
  [[nodiscard]] Endpoint& other() const noexcept { return *other_; }

  boost::asio::awaitable<Result<void>> go_there();
  boost::asio::awaitable<Result<void>> come_back();
  boost::asio::awaitable<Result<void>> pause(Duration duration);
  // Work on the other side, which goes on when this side ends.
  template <class T>
  boost::asio::awaitable<Result<T>> let_do(boost::asio::awaitable<Result<T>> work);

 private:
  boost::asio::awaitable<Result<void>> pass(NodeId from, NodeId to);
  [[nodiscard]] Error broken() const;
  // The frames of a coroutine keep what they use.
  template <class T>
  static boost::asio::awaitable<void> do_there(std::shared_ptr<Endpoint> there, std::shared_ptr<Awaited<T>> awaited,
                                               boost::asio::awaitable<Result<T>> work);

  std::shared_ptr<Network> network_;
  std::shared_ptr<Endpoint> self_;
  std::shared_ptr<Endpoint> other_;
  std::string address_;
};

template <class T>
boost::asio::awaitable<Result<T>> Conversation::let_do(boost::asio::awaitable<Result<T>> work) {
  const auto awaited = std::make_shared<Awaited<T>>();
  other_->tasks.spawn(other_, do_there<T>(other_, awaited, std::move(work)));
  auto waiting = wait_for<T>(*self_, awaited);
  auto result = co_await std::move(waiting);
  if (self_->is_up() && !other_->is_up()) co_return broken();
  co_return result;
}

template <class T>
boost::asio::awaitable<void> Conversation::do_there(std::shared_ptr<Endpoint> there,
                                                    std::shared_ptr<Awaited<T>> awaited,
                                                    boost::asio::awaitable<Result<T>> work) {
  auto calling = there->tasks.call(std::move(work));
  auto result = co_await std::move(calling);
  awaited->set(std::move(result));
}

}  // namespace consensus::memory
