// Runs the few calls that cannot be made non-blocking (name look-ups) on threads of their own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "topology/error.hpp"
#include "topology/mysql/connect_options.hpp"
#include "topology/mysql/host_book.hpp"

namespace topology::mysql {

enum class CallKind { name_look_up, library_call };

// A call on one of a few threads of its kind, which are named "name-look-up" and "mysql-connect". on_end is called on
// the executor once the call has returned. Destroyed before: on_end is never called; a call that has not begun never
// begins, one that has goes on by itself and must own what it touches. Belongs to one thread: the executor's.
class PendingCall {
 public:
  PendingCall(boost::asio::any_io_executor executor, CallKind kind, std::function<void()> call,
              std::function<void()> on_end);
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  ~PendingCall();

 private:
  class State;
  std::shared_ptr<State> state_;
};

// Runs the call on a thread for library calls and suspends until it has returned. When the deadline
// passes first or the caller is cancelled, the call goes on by itself and its effects must be owned by the function.
// Must be awaited on the executor. Errors: timeout, canceled. Their context is empty.
[[nodiscard]] boost::asio::awaitable<Result<void>> run_blocking(boost::asio::any_io_executor executor,
                                                                std::function<void()> call, Deadline deadline);

// Looks a host name up on a thread for look-ups. Errors: name_resolution, naming the host and what the system says.
[[nodiscard]] std::unique_ptr<PendingCall> start_look_up(boost::asio::any_io_executor executor, const std::string& host,
                                                         std::function<void(Result<HostAnswer>)> on_answer);

// The addresses of a host in the system's order of preference; an address is its own address, at once.
// Errors: name_resolution, timeout, canceled, naming the host.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> resolve(boost::asio::any_io_executor executor,
                                                                               std::string host, Deadline deadline);

}  // namespace topology::mysql
