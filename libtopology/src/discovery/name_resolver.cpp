// Host names by the policy's method.
#include "discovery/name_resolver.hpp"

#include <utility>

namespace topology {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patience_of_users{5};

mysql::LookUpTerms terms_for(const DiscoveryPolicy& policy, NameAsker asker) {
  mysql::LookUpTerms terms;
  terms.lifetime = policy.resolve_cache_lifetime;
  switch (asker) {
    case NameAsker::user:
      terms.patience = patience_of_users;
      terms.after_failure = mysql::AfterFailure::ask_again;
      break;
    case NameAsker::probe:
      break;
  }
  return terms;
}

}  // namespace

void NameResolver::ask(const std::string& hostname, const DiscoveryPolicy& policy) {
  if (policy.resolve_method != HostnameResolveMethod::none) {
    book_.ask(hostname, terms_for(policy, NameAsker::probe));
  }
}

asio::awaitable<Result<std::string>> NameResolver::resolve(std::string hostname, const DiscoveryPolicy& policy,
                                                           NameAsker asker) {
  const auto method = policy.resolve_method;
  if (method == HostnameResolveMethod::none) {
    co_return hostname;
  }
  const auto reject = policy.reject_resolved;
  const auto terms = terms_for(policy, asker);
  const auto answer = co_await book_.look_up(hostname, terms);
  if (!answer) {
    co_return answer.error();
  }
  const auto& name = method == HostnameResolveMethod::ip ? answer->addresses.front() : answer->canonical_name;
  co_return reject(name) ? hostname : name;
}

}  // namespace topology
