// Decides who asks and whether he may change anything.
#include "http/authentication.hpp"

#include <grp.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace orchestrator::http {
namespace {

constexpr std::string_view read_only_user = "readonly";

struct Credentials {
  std::string user;
  std::string password;
};

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::string decoded(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  const auto padding = text.ends_with("==") ? 2U : text.ends_with("=") ? 1U : 0U;
  decoded.resize(static_cast<std::size_t>(size) - padding);
  return decoded;
}

std::optional<Credentials> basic_credentials(const Request& request) {
  constexpr std::string_view scheme = "Basic ";
  const auto header = request.headers.find("Authorization");
  if (!header || header->size() <= scheme.size() || !equal_without_case(header->substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  const auto decoded = base64_decoded(header->substr(scheme.size()));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::array<unsigned char, 32> digest(std::string_view text) {
  std::array<unsigned char, 32> bytes{};
  EVP_Digest(text.data(), text.size(), bytes.data(), nullptr, EVP_sha256(), nullptr);
  return bytes;
}

// Takes the same time whatever the texts are; digests hide the lengths as well.
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  const auto a = digest(left);
  const auto b = digest(right);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string group_name(gid_t id) {
  group entry{};
  group* found = nullptr;
  std::vector<char> space(16384);
  getgrgid_r(id, &entry, space.data(), space.size(), &found);
  return found == nullptr ? std::string() : std::string(found->gr_name);
}

}  // namespace

bool user_in_groups(const std::string& user, const std::vector<std::string>& groups) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> space(16384);
  getpwnam_r(user.c_str(), &entry, space.data(), space.size(), &found);
  if (found == nullptr) {
    return false;
  }
  std::vector<gid_t> ids(1024);
  int count = static_cast<int>(ids.size());
  if (getgrouplist(user.c_str(), found->pw_gid, ids.data(), &count) < 0) {
    return false;
  }
  ids.resize(static_cast<std::size_t>(count));
  return std::any_of(ids.begin(), ids.end(),
                     [&](gid_t id) { return std::find(groups.begin(), groups.end(), group_name(id)) != groups.end(); });
}

bool Authenticator::unit_is_valid(const Request& request) const {
  if (policy_.unit_check == OrganizationalUnitCheck::off ||
      (!policy_.exempt_path.empty() && request.path == policy_.exempt_path)) {
    return true;
  }
  const auto& units = request.peer.organizational_units;
  return std::any_of(units.begin(), units.end(), [this](const std::string& unit) {
    return std::find(policy_.valid_units.begin(), policy_.valid_units.end(), unit) != policy_.valid_units.end();
  });
}

std::optional<Identity> Authenticator::identify_basic(const Request& request) const {
  const auto credentials = basic_credentials(request);
  if (!credentials) {
    return std::nullopt;
  }
  const bool user_fits = equal_in_constant_time(credentials->user, policy_.user);
  const bool password_fits = equal_in_constant_time(credentials->password, policy_.password);
  if (!user_fits || !password_fits) {
    return std::nullopt;
  }
  return Identity{credentials->user, true};
}

std::optional<Identity> Authenticator::identify_multi(const Request& request) const {
  const auto credentials = basic_credentials(request);
  if (credentials && credentials->user == read_only_user) {
    return Identity{credentials->user, false};
  }
  return identify_basic(request);
}

// A request that carries two different names was not written by the proxy alone, so it gets no rights.
Identity Authenticator::identify_proxy(const Request& request) const {
  const auto names = request.headers.find_all(policy_.user_header);
  if (std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) != names.end()) {
    return {};
  }
  Identity identity;
  identity.user = names.empty() ? std::string() : std::string(names.front());
  const auto& users = policy_.power_users;
  const auto is_power_user = [&](const std::string& user) {
    return user == "*" || (!user.empty() && user == identity.user);
  };
  identity.may_change = std::any_of(users.begin(), users.end(), is_power_user);
  if (!identity.may_change && !identity.user.empty() && !policy_.power_groups.empty()) {
    identity.may_change = policy_.in_groups(identity.user, policy_.power_groups);
  }
  return identity;
}

std::optional<Identity> Authenticator::identify(const Request& request) const {
  if (!unit_is_valid(request)) {
    return std::nullopt;
  }
  std::optional<Identity> identity;
  switch (policy_.method) {
    case AuthenticationMethod::none:
      identity = Identity{"", true};
      break;
    case AuthenticationMethod::basic:
      // The legacy program runs open when no user is configured.
      identity = policy_.user.empty() ? Identity{"", true} : identify_basic(request);
      break;
    case AuthenticationMethod::multi:
      identity = identify_multi(request);
      break;
    case AuthenticationMethod::proxy:
      identity = identify_proxy(request);
      break;
    case AuthenticationMethod::token:
    case AuthenticationMethod::oauth:
      identity = Identity{"", false};
      break;
  }
  if (identity && policy_.mutations == Mutations::refused) {
    identity->may_change = false;
  }
  return identity;
}

Response Authenticator::refusal(const Request& request) const {
  if (!unit_is_valid(request)) {
    return text_response(401, request.peer.transport == Peer::Transport::tls ? "Invalid OU" : "No TLS");
  }
  auto response = text_response(401, "Not Authorized");
  response.headers.add("WWW-Authenticate", "Basic realm=\"Authorization Required\"");
  return response;
}

}  // namespace orchestrator::http
