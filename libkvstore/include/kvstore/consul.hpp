// Consul as a key-value store, over its HTTP API.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kvstore/error.hpp"
#include "kvstore/kv_store.hpp"

namespace kvstore {

enum class ConsulScheme { http, https };

enum class TlsVerification {
  full,  // the certificate must be signed by the CA and name the host
  none,  // any certificate: the connection is encrypted, the other side is not known
};

struct TlsOptions {
  TlsVerification verification = TlsVerification::full;
  std::string ca_file{};           // PEM; empty: the certificates this system trusts
  std::string certificate_file{};  // PEM with the chain, of this client; empty: none is shown
  std::string key_file{};          // PEM; empty: in certificate_file
  std::string server_name{};       // the name in the server's certificate; empty: the host of the address
};

struct ConsulOptions {
  // "host", "host:port", "[::1]:8500"; with "http://" or "https://" in front, that decides the scheme. Port 8500.
  std::string address = "127.0.0.1:8500";
  ConsulScheme scheme = ConsulScheme::http;
  std::string token{};       // sent as X-Consul-Token, and never shown anywhere
  std::string datacenter{};  // empty: the one of the agent
  TlsOptions tls{};
  std::size_t max_idle_connections = 4;             // kept open between calls
  std::size_t max_calls = 64;                       // at once; one more is Errc::busy
  std::size_t max_answer_bytes = 64 * 1024 * 1024;  // a longer one is Errc::too_large
};

// A store that speaks with one Consul agent. Connects when it is first called and keeps connections between calls;
// one that the agent has closed meanwhile is noticed and replaced. A read whose connection breaks is tried once more
// on a new one, a write never is. Transactions have at most 64 operations, the limit of Consul since 0.7.
// Errors here: an address, token or datacenter that cannot be one, a TLS file that cannot be used.
// Errors of calls name the address, the key, the HTTP status and what Consul says. 5xx for a write is outcome_unknown,
// because Consul also answers so when a leader is lost while it commits.
// Caution: Consul shows a token without read permission an empty list instead of refusing it.
// Source: https://developer.hashicorp.com/consul/api-docs/kv and …/txn.
[[nodiscard]] Result<std::shared_ptr<KvStore>> make_consul_store(ConsulOptions options);

// The datacenters this agent knows, nearest first, its own included.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> consul_datacenters(ConsulOptions options,
                                                                                          Deadline deadline);

namespace consul {
class Agent;
}

// Stores of every datacenter that an agent knows, all reached through that agent: for MasterPublisher::set_stores().
// Keeps the stores, and with them their connections, from one look to the next. One call at a time.
class ConsulDatacenters {
 public:
  // options.datacenter is ignored.
  explicit ConsulDatacenters(ConsulOptions options);
  ConsulDatacenters(const ConsulDatacenters&) = delete;
  ConsulDatacenters& operator=(const ConsulDatacenters&) = delete;
  ~ConsulDatacenters();

  // Asks the agent. If it cannot answer, the stores known from before, so that each reports its own trouble; the error
  // only if there are none.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<std::shared_ptr<KvStore>>>> stores(Deadline deadline);

 private:
  Result<void> keep(const std::vector<std::string>& datacenters);

  const ConsulOptions options_;
  std::unique_ptr<consul::Agent> agent_;  // made by the first look
  std::map<std::string, std::shared_ptr<KvStore>> stores_;
};

}  // namespace kvstore
