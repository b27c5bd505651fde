// Counts a transport's coroutines and ends them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "async/wake_up.hpp"
#include "consensus/error.hpp"

namespace consensus::async {

// What a coroutine may be waiting for: closing it ends the wait, with `reason` as the error.
class Closable {
 public:
  virtual ~Closable() = default;
  virtual void close(const Error& reason) = 0;
};

// One thread at a time. Outlives the coroutines (they own what owns it).
class Tasks {
 public:
  explicit Tasks(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

  // Starts a coroutine; `owner` keeps this object.
  void spawn(std::shared_ptr<void> owner, boost::asio::awaitable<void> work);

  // Counts a coroutine that someone else started, while it lives.
  class Guest {
   public:
    explicit Guest(Tasks& tasks) : tasks_(tasks) { ++tasks_.running_; }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    ~Guest() { tasks_.ended(); }

   private:
    Tasks& tasks_;
  };

  // close_all() closes what is registered.
  class Registration {
   public:
    Registration(Tasks& tasks, Closable& closable) : tasks_(tasks), number_(++tasks.last_number_) {
      tasks_.closables_.emplace(number_, &closable);
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { tasks_.closables_.erase(number_); }

   private:
    Tasks& tasks_;
    std::uint64_t number_;
  };

  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
  void close_all(const Error& reason);
  // Until no coroutine is left.
  boost::asio::awaitable<void> wait_until_idle();

  // Runs a coroutine of the transport's user; close_all() cancels it. What it throws becomes an error.
  template <class T>
  boost::asio::awaitable<Result<T>> call(boost::asio::awaitable<Result<T>> work);

 private:
  template <class T>
  struct Call;
  void ended();

  boost::asio::any_io_executor executor_;
  // Only while somebody waits: one that is kept by others may outlive its executor, which no timer may.
  std::optional<WakeUp> idle_;
  std::size_t running_ = 0;
  bool is_closed_ = false;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Closable*> closables_;  // in the order of their registration
};

// What a thrown exception says.
[[nodiscard]] Error error_of(const std::exception_ptr& thrown);

template <class T>
struct Tasks::Call : Closable, std::enable_shared_from_this<Tasks::Call<T>> {
  explicit Call(boost::asio::any_io_executor on) : executor(std::move(on)), done(executor) {}
  // Asio hands the cancellation on to the executor and needs the signal until it has arrived there.
  void close(const Error&) override {
    cancel.emit(boost::asio::cancellation_type::terminal);
    boost::asio::post(executor, [keep = this->shared_from_this()] {});
  }

  boost::asio::any_io_executor executor;
  WakeUp done;
  boost::asio::cancellation_signal cancel;
  std::optional<Result<T>> result;
};

template <class T>
boost::asio::awaitable<Result<T>> Tasks::call(boost::asio::awaitable<Result<T>> work) {
  if (is_closed_) co_return make_error(Errc::stopped, "not begun");
  const auto call = std::make_shared<Call<T>>(executor_);
  const Registration registration(*this, *call);
  const auto on_end = [call](const std::exception_ptr& thrown, Result<T> result) {
    if (thrown) {
      call->result = Result<T>(error_of(thrown));
    } else {
      call->result = std::move(result);
    }
    call->done.wake();
  };
  boost::asio::co_spawn(executor_, std::move(work), boost::asio::bind_cancellation_slot(call->cancel.slot(), on_end));
  while (!call->result) {
    auto ended = call->done.wait();
    co_await std::move(ended);
  }
  co_return std::move(*call->result);
}

}  // namespace consensus::async
