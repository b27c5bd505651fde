// Remembers the IPv4 and IPv6 addresses of host names.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <unordered_map>

namespace orchestrator {

struct HostAddresses {
  std::string ipv4;  // "" when the name has none
  std::string ipv6;

  friend bool operator==(const HostAddresses&, const HostAddresses&) = default;
};

// Confined to one executor. Answers are kept for the lifetime given, failures for a minute; a name whose new look-up
// fails keeps the addresses it had. Look-ups run on Asio's resolver thread.
class AddressBook {
 public:
  AddressBook(boost::asio::any_io_executor executor, std::chrono::minutes lifetime);

  // The addresses of a name, or of an address itself, at once when they are known. Waits at most a second for DNS;
  // later than that the addresses known before (maybe none) are given. Never fails.
  boost::asio::awaitable<HostAddresses> addresses_of(std::string hostname);

 private:
  struct Row {
    HostAddresses addresses;
    std::chrono::steady_clock::time_point expires;
  };

  boost::asio::any_io_executor executor_;
  std::chrono::minutes lifetime_;
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace orchestrator
