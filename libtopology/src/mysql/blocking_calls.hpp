// Runs the few calls that cannot be made non-blocking (name look-ups) on threads of their own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "topology/error.hpp"
#include "topology/mysql/connect_options.hpp"

namespace topology::mysql {

// Runs the call on one of a few threads named "mysql-resolve" and suspends until it has returned. When the deadline
// passes first or the caller is cancelled, the call goes on by itself and its effects must be owned by the function.
// Must be awaited on the executor. Errors: timeout, canceled. Their context is empty.
[[nodiscard]] boost::asio::awaitable<Result<void>> run_blocking(boost::asio::any_io_executor executor,
                                                                std::function<void()> call, Deadline deadline);

// The addresses of a host in the system's order of preference; an address is its own address, at once.
// Errors: name_resolution, timeout, canceled, naming the host.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> resolve(boost::asio::any_io_executor executor,
                                                                               std::string host, Deadline deadline);

}  // namespace topology::mysql
