// Finds the endpoints of an address.
#include "tcp/resolve.hpp"

#include <memory>
#include <optional>
#include <string>

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

struct Lookup : async::Closable {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), waiting(executor) {}

  void close(const Error& reason) override {
    closed = reason;
    waiting.wake();
  }

  asio::ip::tcp::resolver resolver;
  async::WakeUp waiting;
  bool finished = false;
  std::optional<Error> closed;
  error_code error;
  Endpoints endpoints;
};

void start(const std::shared_ptr<Lookup>& lookup, const Address& address) {
  using Resolver = asio::ip::tcp::resolver;
  const auto keep = [lookup](const error_code& error, const Resolver::results_type& results) {
    lookup->finished = true;
    lookup->error = error;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->waiting.wake();
  };
  lookup->resolver.async_resolve(address.host, std::to_string(address.port), Resolver::numeric_service, keep);
}

}  // namespace

asio::awaitable<Result<Endpoints>> resolve(async::Tasks& tasks, Address address, Duration timeout) {
  error_code not_an_address;
  const auto literal = asio::ip::make_address(address.host, not_an_address);
  if (!not_an_address) co_return Endpoints{{literal, address.port}};

  const auto lookup = std::make_shared<Lookup>(tasks.executor());
  const async::Tasks::Registration registration(tasks, *lookup);
  start(lookup, address);
  auto waited = lookup->waiting.wait_for(timeout);
  co_await std::move(waited);
  if (lookup->closed) co_return *lookup->closed;
  const std::string name = "host name '" + address.host + "'";
  if (!lookup->finished) co_return make_error(Errc::timeout, name + " was not looked up in time");
  if (lookup->error) co_return make_error(Errc::timeout, name + ": " + lookup->error.message());
  co_return std::move(lookup->endpoints);
}

}  // namespace consensus::tcp
