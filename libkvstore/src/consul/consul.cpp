// Consul as a key-value store: makes stores, and finds the datacenters.
#include "kvstore/consul.hpp"

#include <utility>

#include "consul/agent.hpp"
#include "consul/store.hpp"

namespace kvstore {

using boost::asio::awaitable;

namespace {

ConsulOptions without_datacenter(ConsulOptions options) {
  options.datacenter.clear();
  return options;
}

awaitable<Result<std::vector<std::string>>> list_datacenters(consul::Agent& agent, Deadline deadline) {
  constexpr std::string_view what = "list of datacenters";
  consul::Call call{.path = "/v1/catalog/datacenters"};
  auto response = co_await agent.ask(std::move(call), what, deadline);
  if (!response) co_return response.error();
  if (response->result_int() != 200) {
    co_return agent.error(Errc::protocol_error, what, "HTTP " + std::to_string(response->result_int()));
  }
  auto names = consul::decode_datacenters(response->body());
  if (!names) co_return agent.with_name(names.error(), what);
  co_return names;
}

}  // namespace

Result<std::shared_ptr<KvStore>> make_consul_store(ConsulOptions options) {
  auto agent = consul::Agent::make(std::move(options));
  if (!agent) return agent.error();
  return std::shared_ptr<KvStore>(std::make_shared<consul::Store>(std::move(*agent)));
}

awaitable<Result<std::vector<std::string>>> consul_datacenters(ConsulOptions options, Deadline deadline) {
  auto agent = consul::Agent::make(without_datacenter(std::move(options)));
  if (!agent) co_return agent.error();
  consul::Agent& asked = **agent;
  auto names = co_await list_datacenters(asked, deadline);
  co_return names;
}

ConsulDatacenters::ConsulDatacenters(ConsulOptions options) : options_(without_datacenter(std::move(options))) {}

ConsulDatacenters::~ConsulDatacenters() = default;

awaitable<Result<std::vector<std::shared_ptr<KvStore>>>> ConsulDatacenters::stores(Deadline deadline) {
  if (!agent_) {
    auto agent = consul::Agent::make(options_);
    if (!agent) co_return agent.error();
    agent_ = std::move(*agent);
  }
  consul::Agent& asked = *agent_;
  auto names = co_await list_datacenters(asked, deadline);
  if (!names && stores_.empty()) co_return names.error();
  if (names) {
    if (auto kept = keep(*names); !kept) co_return kept.error();
  }
  std::vector<std::shared_ptr<KvStore>> stores;
  for (const auto& [name, store] : stores_) stores.push_back(store);
  co_return stores;
}

Result<void> ConsulDatacenters::keep(const std::vector<std::string>& datacenters) {
  std::map<std::string, std::shared_ptr<KvStore>> current;
  for (const std::string& name : datacenters) {
    const auto known = stores_.find(name);
    if (known != stores_.end()) {
      current.emplace(name, known->second);
      continue;
    }
    ConsulOptions options = options_;
    options.datacenter = name;
    auto store = make_consul_store(std::move(options));
    if (!store) return store.error();
    current.emplace(name, std::move(*store));
  }
  stores_ = std::move(current);
  return {};
}

}  // namespace kvstore
