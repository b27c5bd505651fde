// Whether an instance's port answers at all.
#include "api/reachability.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <string>

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using topology::Errc;
using topology::make_error;

}  // namespace

asio::awaitable<topology::Result<void>> check_reachable(topology::InstanceKey key, std::chrono::milliseconds timeout) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto port = std::to_string(key.port);
  const auto [resolve_code, addresses] = co_await resolver.async_resolve(key.hostname, port, token);
  if (resolve_code) {
    co_return make_error(Errc::name_resolution, key.hostname + ": " + resolve_code.message());
  }
  boost::beast::tcp_stream stream(executor);
  stream.expires_after(timeout);
  const auto [code, endpoint] = co_await stream.async_connect(addresses, token);
  if (code == boost::beast::error::timeout) {
    co_return make_error(Errc::timeout, key.to_string());
  }
  if (code) {
    co_return make_error(Errc::connection_failed, key.to_string() + ": " + code.message());
  }
  co_return topology::Result<void>();
}

}  // namespace orchestrator::api
