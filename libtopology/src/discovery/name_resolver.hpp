// Turns host names into those of HostnameResolveMethod cname and ip.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "topology/discovery.hpp"
#include "topology/mysql/host_book.hpp"

namespace topology {

enum class NameAsker {
  user,   // waits some seconds, and asks again what failed before
  probe,  // must go on within a second
};

// Confined to one executor, like its book. Nothing is looked up for HostnameResolveMethod::none and for addresses.
class NameResolver {
 public:
  explicit NameResolver(boost::asio::any_io_executor executor) : book_(std::move(executor)) {}

  // Starts a look-up that resolve() will wait for.
  void ask(const std::string& hostname, const DiscoveryPolicy& policy);
  // The name by the method. A rejected answer is replaced by the name itself. Errors: name_resolution, timeout.
  boost::asio::awaitable<Result<std::string>> resolve(std::string hostname, const DiscoveryPolicy& policy,
                                                      NameAsker asker);

  void expire() { book_.expire(); }

 private:
  mysql::HostBook book_;
};

}  // namespace topology
