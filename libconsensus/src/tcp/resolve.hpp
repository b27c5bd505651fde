// Finds the endpoints of an address.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "async/tasks.hpp"
#include "consensus/error.hpp"
#include "tcp/address.hpp"

namespace consensus::tcp {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// An IP address needs no look-up. The system's resolver cannot be interrupted: after the timeout, or once all is
// closed, its answer is dropped. Errors: Errc::timeout (also for a name that is not known), the reason of the closing.
[[nodiscard]] boost::asio::awaitable<Result<Endpoints>> resolve(async::Tasks& tasks, Address address, Duration timeout);

}  // namespace consensus::tcp
