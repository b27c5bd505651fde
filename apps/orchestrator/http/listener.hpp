// Opens the socket that the server listens on: a TCP address or a unix socket.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <string>

#include "http/error.hpp"

namespace orchestrator::http {

// Reads ":3000" (every local address, IPv4 and IPv6), "127.0.0.1:3000", "localhost:3000" and "[::1]:3000"; port 0 takes
// a free one. Blocks in the system's resolver when the host is a name. Errors name the address.
[[nodiscard]] Result<boost::asio::ip::tcp::acceptor> listen_tcp(const boost::asio::any_io_executor& executor,
                                                                const std::string& address);

// A socket file that nobody listens on any more is replaced. Errors name the path.
[[nodiscard]] Result<boost::asio::local::stream_protocol::acceptor> listen_unix(
    const boost::asio::any_io_executor& executor, const std::string& path);

}  // namespace orchestrator::http
