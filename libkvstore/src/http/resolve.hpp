// Finds the addresses of a host within a deadline.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "http/address.hpp"
#include "kvstore/kv_store.hpp"

namespace kvstore::http_client {

// An IP address needs no look-up. The system's resolver cannot be interrupted: after the deadline its answer is
// dropped. Runs on a strand.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    const Address& address, Deadline deadline);

}  // namespace kvstore::http_client
