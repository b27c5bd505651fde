// Opens the socket that the server listens on.
#include "http/listener.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

std::optional<HostPort> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  HostPort parsed{std::string(host), 0};
  const auto* end = port_text.data() + port_text.size();
  const auto [rest, code] = std::from_chars(port_text.data(), end, parsed.port);
  if (code != std::errc{} || rest != end) {
    return std::nullopt;
  }
  return parsed;
}

Error cannot_listen(const std::string& address, const error_code& cause) {
  return {cause, "cannot listen on " + address};
}

Result<tcp::acceptor> open(const asio::any_io_executor& executor, const tcp::endpoint& endpoint,
                           const std::string& address) {
  tcp::acceptor acceptor(executor);
  error_code code;
  acceptor.open(endpoint.protocol(), code);
  if (!code && endpoint.address().is_v6()) {
    const bool one_address = !endpoint.address().is_unspecified();
    acceptor.set_option(asio::ip::v6_only(one_address), code);
  }
  if (!code) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  }
  if (!code) {
    acceptor.bind(endpoint, code);
  }
  if (!code) {
    acceptor.listen(asio::socket_base::max_listen_connections, code);
  }
  if (code) {
    return cannot_listen(address, code);
  }
  return acceptor;
}

// IPv4 addresses come first, as in net.Listen.
Result<tcp::endpoint> resolve(const asio::any_io_executor& executor, const HostPort& where,
                              const std::string& address) {
  error_code code;
  if (const auto literal = asio::ip::make_address(where.host, code); !code) {
    return tcp::endpoint(literal, where.port);
  }
  tcp::resolver resolver(executor);
  const auto found = resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, code);
  if (code || found.empty()) {
    return cannot_listen(address, code ? code : error_code(asio::error::host_not_found));
  }
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) {
      return entry.endpoint();
    }
  }
  return found.begin()->endpoint();
}

}  // namespace

Result<tcp::acceptor> listen_tcp(const asio::any_io_executor& executor, const std::string& address) {
  const auto where = parse_address(address);
  if (!where) {
    return Error{std::make_error_code(std::errc::invalid_argument),
                 "listen address '" + address + "' is not of the form host:port or :port"};
  }
  if (where->host.empty()) {
    auto both = open(executor, tcp::endpoint(tcp::v6(), where->port), address);
    if (both || both.error().code == std::errc::address_in_use) {
      return both;
    }
    return open(executor, tcp::endpoint(tcp::v4(), where->port), address);  // a system without IPv6
  }
  const auto endpoint = resolve(executor, *where, address);
  if (!endpoint) {
    return endpoint.error();
  }
  return open(executor, *endpoint, address);
}

Result<asio::local::stream_protocol::acceptor> listen_unix(const asio::any_io_executor& executor,
                                                           const std::string& path) {
  using local = asio::local::stream_protocol;
  struct stat status{};
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return cannot_listen(path, asio::error::name_too_long);
  }
  error_code code;
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    local::socket probe(executor);
    probe.connect(local::endpoint(path), code);
    if (!code) {
      return cannot_listen(path, asio::error::address_in_use);
    }
    ::unlink(path.c_str());
  }
  local::acceptor acceptor(executor);
  acceptor.open(local(), code);
  if (!code) {
    acceptor.bind(local::endpoint(path), code);
  }
  if (!code) {
    acceptor.listen(asio::socket_base::max_listen_connections, code);
  }
  if (code) {
    return cannot_listen(path, code);
  }
  return acceptor;
}

}  // namespace orchestrator::http
