// Finds the addresses of a node's host within a deadline.
#include "http/host_lookup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace orchestrator::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct HostLookup::Pending {
  Pending(const asio::any_io_executor& executor, NodeAddress asked) : address(std::move(asked)), resolver(executor) {}

  NodeAddress address;
  tcp::resolver resolver;
  std::vector<std::shared_ptr<asio::steady_timer>> waiting;
  bool finished = false;
  Found found;
};

void HostLookup::begin(const NodeAddress& address) {
  pending_ = std::make_shared<Pending>(executor_, address);
  const auto keep = [pending = pending_](const error_code& code, const tcp::resolver::results_type& results) {
    for (const auto& result : results) {
      pending->found.endpoints.push_back(result.endpoint());
    }
    if (pending->found.endpoints.empty()) {
      pending->found.trouble = "its name cannot be resolved: " + (code ? code.message() : "no address");
    }
    pending->finished = true;
    for (const auto& timer : pending->waiting) {
      timer->cancel();
    }
  };
  pending_->resolver.async_resolve(address.host, std::to_string(address.port), tcp::resolver::numeric_service, keep);
}

asio::awaitable<HostLookup::Found> HostLookup::find(NodeAddress address, Clock::time_point deadline) {
  Found found;
  error_code not_an_address;
  const auto literal = asio::ip::make_address(address.host, not_an_address);
  if (!not_an_address) {
    found.endpoints.emplace_back(literal, address.port);
    co_return found;
  }
  if (!pending_ || pending_->finished || pending_->address != address) {
    begin(address);
  }
  const auto pending = pending_;
  const auto timer = std::make_shared<asio::steady_timer>(executor_, deadline);
  pending->waiting.push_back(timer);
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  co_await timer->async_wait(as_result);
  if (!pending->finished) {
    found.trouble = "its name was not resolved in time";
    co_return found;
  }
  co_return pending->found;
}

}  // namespace orchestrator::http
