// Looks addresses up and remembers them.
#include "server/address_book.hpp"

#include <utility>

namespace orchestrator {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds longest_wait{1};

// The first of each kind.
HostAddresses first_addresses(const std::vector<std::string>& addresses) {
  HostAddresses first;
  for (const auto& address : addresses) {
    auto& place = address.find(':') == std::string::npos ? first.ipv4 : first.ipv6;
    if (place.empty()) {
      place = address;
    }
  }
  return first;
}

}  // namespace

AddressBook::AddressBook(asio::any_io_executor executor, std::chrono::minutes lifetime)
    : book_(std::move(executor)), terms_{.lifetime = lifetime, .patience = longest_wait} {}

asio::awaitable<std::vector<HostAddresses>> AddressBook::addresses_of(std::vector<std::string> hostnames) {
  for (const auto& hostname : hostnames) {
    book_.ask(hostname, terms_);
  }
  std::vector<HostAddresses> addresses;
  for (auto& hostname : hostnames) {
    const auto answer = co_await book_.look_up(std::move(hostname), terms_);
    addresses.push_back(answer ? first_addresses(answer->addresses) : HostAddresses{});
  }
  co_return addresses;
}

}  // namespace orchestrator
