// Looks addresses up and remembers them.
#include "server/address_book.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace orchestrator {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_wait{1};
constexpr std::chrono::minutes failure_lifetime{1};
constexpr std::size_t most_rows = 100'000;

void add(HostAddresses& known, const asio::ip::address& address) {
  auto& place = address.is_v4() ? known.ipv4 : known.ipv6;
  if (place.empty()) {
    place = address.to_string();
  }
}

std::optional<HostAddresses> addresses_of_literal(const std::string& hostname) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(hostname, code);
  if (code) {
    return std::nullopt;
  }
  HostAddresses addresses;
  add(addresses, address);
  return addresses;
}

}  // namespace

AddressBook::AddressBook(asio::any_io_executor executor, std::chrono::minutes lifetime)
    : executor_(std::move(executor)), lifetime_(lifetime) {}

asio::awaitable<HostAddresses> AddressBook::addresses_of(std::string hostname) {
  if (const auto literal = addresses_of_literal(hostname)) {
    co_return *literal;
  }
  const auto known = rows_.find(hostname);
  if (known != rows_.end() && known->second.expires > steady_clock::now()) {
    co_return known->second.addresses;
  }
  // Shared with the timeout, whose handler may run after this coroutine has ended.
  const auto resolver = std::make_shared<tcp::resolver>(executor_);
  asio::steady_timer timeout(executor_, longest_wait);
  timeout.async_wait([resolver](const boost::system::error_code& code) {
    if (!code) {
      resolver->cancel();
    }
  });
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const std::string service;
  const auto [code, results] = co_await resolver->async_resolve(hostname, service, token);
  timeout.cancel();

  if (rows_.size() >= most_rows) {
    rows_.clear();
  }
  auto& row = rows_[hostname];
  row.expires = steady_clock::now() + (code ? failure_lifetime : lifetime_);
  if (!code) {
    row.addresses = {};
    for (const auto& result : results) {
      add(row.addresses, result.endpoint().address());
    }
  }
  co_return row.addresses;
}

}  // namespace orchestrator
