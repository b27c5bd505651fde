// Whether an instance's port answers at all.
#include "api/reachability.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <vector>

#include "topology/mysql/host_book.hpp"

namespace orchestrator::api {
namespace {

namespace asio = boost::asio;
using topology::Errc;
using topology::make_error;

std::vector<asio::ip::tcp::endpoint> endpoints_of(const topology::mysql::HostAnswer& answer, std::uint16_t port) {
  std::vector<asio::ip::tcp::endpoint> endpoints;
  for (const auto& text : answer.addresses) {
    boost::system::error_code code;
    const auto address = asio::ip::make_address(text, code);
    if (!code) {
      endpoints.emplace_back(address, port);
    }
  }
  return endpoints;
}

}  // namespace

asio::awaitable<topology::Result<void>> check_reachable(topology::InstanceKey key, std::chrono::milliseconds timeout) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const auto executor = co_await asio::this_coro::executor;
  const auto give_up = std::chrono::steady_clock::now() + timeout;
  topology::mysql::HostBook book(executor);
  const topology::mysql::LookUpTerms terms{.patience = timeout};
  const auto answer = co_await book.look_up(key.hostname, terms);
  if (!answer) {
    co_return answer.error();
  }
  const auto endpoints = endpoints_of(*answer, key.port);
  boost::beast::tcp_stream stream(executor);
  stream.expires_at(give_up);
  const auto [code, endpoint] = co_await stream.async_connect(endpoints, token);
  if (code == boost::beast::error::timeout) {
    co_return make_error(Errc::timeout, key.to_string());
  }
  if (code) {
    co_return make_error(Errc::connection_failed, key.to_string() + ": " + code.message());
  }
  co_return topology::Result<void>();
}

}  // namespace orchestrator::api
