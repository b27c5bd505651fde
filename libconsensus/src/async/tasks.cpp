// Counts a transport's coroutines and ends them.
#include "async/tasks.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace consensus::async {

namespace asio = boost::asio;

void Tasks::spawn(std::shared_ptr<void> owner, asio::awaitable<void> work) {
  ++running_;
  const auto on_end = [this, owner = std::move(owner)](const std::exception_ptr& thrown) {
    ended();
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(executor_, std::move(work), on_end);
}

void Tasks::ended() {
  --running_;
  if (running_ == 0 && idle_) idle_->wake();
}

void Tasks::close_all(const Error& reason) {
  is_closed_ = true;
  // What is closed may end others at once.
  for (auto at = closables_.begin(); at != closables_.end();) {
    const std::uint64_t number = at->first;
    at->second->close(reason);
    at = closables_.upper_bound(number);
  }
}

asio::awaitable<void> Tasks::wait_until_idle() {
  while (running_ > 0) {
    if (!idle_) idle_.emplace(executor_);
    auto idle = idle_->wait();
    co_await std::move(idle);
  }
  idle_.reset();
}

Error error_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return make_error(Errc::stopped, "cancelled");
    return make_error(Errc::state_machine_failed, error.what());
  } catch (const std::exception& error) {
    return make_error(Errc::state_machine_failed, error.what());
  }
}

}  // namespace consensus::async
