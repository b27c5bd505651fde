// Finds the addresses of a host within a deadline.
#include "http/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>

namespace kvstore::http_client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), waiting(executor) {}

  tcp::resolver resolver;
  asio::steady_timer waiting;
  bool finished = false;
  error_code error;
  std::vector<tcp::endpoint> endpoints;
};

void start(const std::shared_ptr<Lookup>& lookup, const Address& address) {
  const auto keep = [lookup](const error_code& error, const tcp::resolver::results_type& results) {
    lookup->finished = true;
    lookup->error = error;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->waiting.cancel();
  };
  lookup->resolver.async_resolve(address.host, std::to_string(address.port), tcp::resolver::numeric_service, keep);
}

}  // namespace

asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(const Address& address, Deadline deadline) {
  error_code not_an_address;
  const auto literal = asio::ip::make_address(address.host, not_an_address);
  if (!not_an_address) co_return std::vector<tcp::endpoint>{tcp::endpoint(literal, address.port)};

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->waiting.expires_at(deadline);
  start(lookup, address);
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  auto waited = co_await lookup->waiting.async_wait(as_result);
  static_cast<void>(waited);
  if (!lookup->finished)
    co_return make_error(Errc::timeout, "host name '" + address.host + "' was not looked up in time");
  if (lookup->error) {
    co_return make_error(Errc::connection_failed, "host name '" + address.host + "': " + lookup->error.message());
  }
  co_return std::move(lookup->endpoints);
}

}  // namespace kvstore::http_client
