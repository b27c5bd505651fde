// Remembers the IPv4 and IPv6 addresses of host names.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "topology/mysql/host_book.hpp"

namespace orchestrator {

struct HostAddresses {
  std::string ipv4;  // "" when the name has none
  std::string ipv6;

  friend bool operator==(const HostAddresses&, const HostAddresses&) = default;
};

// Confined to one executor. Answers are kept for the lifetime given; a name whose new look-up fails keeps the addresses
// it had, and is asked again after a minute.
class AddressBook {
 public:
  AddressBook(boost::asio::any_io_executor executor, std::chrono::minutes lifetime);

  // The addresses of each name or address, in the same order. All names are looked up together; DNS is waited for at
  // most a second in all, and not again for a name that it had this second for. What is not known by then is empty.
  boost::asio::awaitable<std::vector<HostAddresses>> addresses_of(std::vector<std::string> hostnames);

 private:
  topology::mysql::HostBook book_;
  topology::mysql::LookUpTerms terms_;
};

}  // namespace orchestrator
