// Looks host names up for HostnameResolveMethod cname and ip, and remembers the answers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <unordered_map>

#include "topology/discovery.hpp"

namespace topology {

// Confined to one executor. Look-ups run on Asio's resolver thread; answers are kept for the policy's lifetime,
// failures for a minute. At most 100,000 names are remembered; then the memory starts anew.
class NameResolver {
 public:
  explicit NameResolver(boost::asio::any_io_executor executor);

  // The name by the method; the name itself for HostnameResolveMethod::none and for addresses. A rejected answer is
  // replaced by the name itself. Errors: Errc::name_resolution.
  boost::asio::awaitable<Result<std::string>> resolve(std::string hostname, const DiscoveryPolicy& policy);

  void clear() { answers_.clear(); }

 private:
  struct Answer {
    Result<std::string> name;
    std::chrono::steady_clock::time_point expires;
  };

  boost::asio::ip::tcp::resolver resolver_;
  std::unordered_map<std::string, Answer> answers_;
};

}  // namespace topology
