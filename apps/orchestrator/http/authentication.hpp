// Who asks, and whether he may change anything (legacy AuthenticationMethod, ReadOnly, SSLValidOUs).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace orchestrator::http {

enum class AuthenticationMethod { none, basic, multi, proxy, token, oauth };
enum class Mutations { allowed, refused };
enum class OrganizationalUnitCheck { off, on };

// True when a user of the operating system belongs to one of the groups. May block in the system's name service.
[[nodiscard]] bool user_in_groups(const std::string& user, const std::vector<std::string>& groups);

struct AuthenticationPolicy {
  AuthenticationMethod method = AuthenticationMethod::none;
  Mutations mutations = Mutations::allowed;
  std::string user;                              // basic, multi
  std::string password;                          // basic, multi
  std::string user_header = "X-Forwarded-User";  // proxy
  std::vector<std::string> power_users{"*"};     // proxy
  std::vector<std::string> power_groups;         // proxy
  std::function<bool(const std::string&, const std::vector<std::string>&)> in_groups = user_in_groups;
  // Mutual TLS: the client certificate must name one of these units, on every path but the exempt one.
  OrganizationalUnitCheck unit_check = OrganizationalUnitCheck::off;
  std::vector<std::string> valid_units;
  std::string exempt_path;  // StatusEndpoint unless StatusOUVerify; "" for none
};

struct Identity {
  std::string user;  // "" when the method knows none
  bool may_change = false;
};

// Pure decisions on one request; passwords are compared in constant time. Any number of threads.
class Authenticator {
 public:
  explicit Authenticator(AuthenticationPolicy policy) : policy_(std::move(policy)) {}

  // Nothing when the request must be turned away with refusal().
  [[nodiscard]] std::optional<Identity> identify(const Request& request) const;
  // The 401 answer to a request that identify() refused.
  [[nodiscard]] Response refusal(const Request& request) const;

 private:
  [[nodiscard]] bool unit_is_valid(const Request& request) const;
  [[nodiscard]] std::optional<Identity> identify_basic(const Request& request) const;
  [[nodiscard]] std::optional<Identity> identify_multi(const Request& request) const;
  [[nodiscard]] Identity identify_proxy(const Request& request) const;

  AuthenticationPolicy policy_;
};

}  // namespace orchestrator::http
