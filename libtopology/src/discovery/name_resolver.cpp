// Host name look-ups with a memory.
#include "discovery/name_resolver.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace topology {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t most_answers = 100'000;
constexpr std::chrono::minutes failure_lifetime{1};

std::string strip_final_dot(std::string name) {
  if (name.size() > 1 && name.ends_with('.')) {
    name.pop_back();
  }
  return name;
}

std::string chosen_name(const tcp::resolver::results_type& results, HostnameResolveMethod method) {
  switch (method) {
    case HostnameResolveMethod::ip:
      return results.begin()->endpoint().address().to_string();
    case HostnameResolveMethod::cname:
    case HostnameResolveMethod::none:
      return strip_final_dot(results.begin()->host_name());
  }
  return {};
}

}  // namespace

NameResolver::NameResolver(asio::any_io_executor executor) : resolver_(std::move(executor)) {}

asio::awaitable<Result<std::string>> NameResolver::resolve(std::string hostname, const DiscoveryPolicy& policy) {
  if (policy.resolve_method == HostnameResolveMethod::none || is_ip_address(hostname)) {
    co_return hostname;
  }
  const auto now = std::chrono::steady_clock::now();
  if (const auto known = answers_.find(hostname); known != answers_.end() && known->second.expires > now) {
    co_return known->second.name;
  }
  const auto method = policy.resolve_method;
  const std::chrono::steady_clock::duration lifetime = policy.resolve_cache_lifetime;
  const auto reject = policy.reject_resolved;
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const std::string service;
  const auto flags = tcp::resolver::canonical_name;
  const auto [code, results] = co_await resolver_.async_resolve(hostname, service, flags, token);
  if (answers_.size() >= most_answers) {
    answers_.clear();
  }
  if (code || results.empty()) {
    const auto error = make_error(Errc::name_resolution, "host '" + hostname + "' (" + code.message() + ")");
    answers_.insert_or_assign(hostname, Answer{error, now + failure_lifetime});
    co_return error;
  }
  auto name = chosen_name(results, method);
  if (reject(name)) {
    name = hostname;
  }
  answers_.insert_or_assign(hostname, Answer{name, now + lifetime});
  co_return name;
}

}  // namespace topology
