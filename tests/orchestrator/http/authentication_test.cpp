// The matrix of authentication methods, callers and rights.
#include "http/authentication.hpp"

#include "catch.hpp"

using namespace orchestrator::http;

namespace {

Request request_with(std::string name, std::string value) {
  Request request;
  request.path = "/api/forget/db1/3306";
  request.headers.add(std::move(name), std::move(value));
  return request;
}

// user:secret
constexpr const char* right = "Basic dXNlcjpzZWNyZXQ=";
constexpr const char* wrong_password = "Basic dXNlcjp3cm9uZw==";
constexpr const char* wrong_user = "Basic cm9vdDpzZWNyZXQ=";
constexpr const char* readonly_any = "Basic cmVhZG9ubHk6YW55";

AuthenticationPolicy policy_of(AuthenticationMethod method) {
  AuthenticationPolicy policy;
  policy.method = method;
  policy.user = "user";
  policy.password = "secret";
  return policy;
}

std::string verdict(const AuthenticationPolicy& policy, const Request& request) {
  const auto identity = Authenticator(policy).identify(request);
  if (!identity) {
    return "401";
  }
  return identity->user + (identity->may_change ? ":changes" : ":reads");
}

}  // namespace

TEST_CASE("every authentication method gives each caller exactly his rights") {
  struct Row {
    AuthenticationMethod method;
    const char* header;
    const char* value;
    const char* expected;
  };
  using enum AuthenticationMethod;
  const Row rows[] = {
      {none, "X", "", ":changes"},
      {basic, "X", "", "401"},
      {basic, "Authorization", right, "user:changes"},
      {basic, "authorization", right, "user:changes"},
      {basic, "Authorization", wrong_password, "401"},
      {basic, "Authorization", wrong_user, "401"},
      {basic, "Authorization", readonly_any, "401"},
      {basic, "Authorization", "Basic", "401"},
      {basic, "Authorization", "Basic ", "401"},
      {basic, "Authorization", "Basic !!!!", "401"},
      {basic, "Authorization", "Basic dXNlcg==", "401"},
      {basic, "Authorization", "Bearer dXNlcjpzZWNyZXQ=", "401"},
      {multi, "Authorization", right, "user:changes"},
      {multi, "Authorization", readonly_any, "readonly:reads"},
      {multi, "Authorization", wrong_password, "401"},
      {multi, "X", "", "401"},
      {proxy, "X-Forwarded-User", "anybody", "anybody:changes"},
      {token, "Cookie", "access-token=a:b", ":reads"},
      {oauth, "Authorization", right, ":reads"},
  };
  for (const auto& row : rows) {
    CAPTURE(static_cast<int>(row.method), row.header, row.value);
    CHECK(verdict(policy_of(row.method), request_with(row.header, row.value)) == row.expected);
  }
}

TEST_CASE("basic authentication without a configured user runs open, as it always did") {
  auto policy = policy_of(AuthenticationMethod::basic);
  policy.user.clear();
  CHECK(verdict(policy, Request{}) == ":changes");
}

TEST_CASE("ReadOnly takes the right to change from everybody") {
  using enum AuthenticationMethod;
  for (const auto method : {none, basic, multi, proxy, token, oauth}) {
    auto policy = policy_of(method);
    policy.mutations = Mutations::refused;
    const auto identity = Authenticator(policy).identify(request_with("Authorization", right));
    REQUIRE(identity);
    CHECK_FALSE(identity->may_change);
  }
}

TEST_CASE("behind a proxy, power users and members of power groups may change") {
  auto policy = policy_of(AuthenticationMethod::proxy);
  policy.power_users = {"alice", ""};
  policy.power_groups = {"dba"};
  policy.in_groups = [](const std::string& user, const std::vector<std::string>&) { return user == "bob"; };
  CHECK(verdict(policy, request_with("X-Forwarded-User", "alice")) == "alice:changes");
  CHECK(verdict(policy, request_with("x-forwarded-user", "alice")) == "alice:changes");
  CHECK(verdict(policy, request_with("X-Forwarded-User", "bob")) == "bob:changes");
  CHECK(verdict(policy, request_with("X-Forwarded-User", "eve")) == "eve:reads");
  CHECK(verdict(policy, Request{}) == ":reads");
}

TEST_CASE("behind a proxy, two different user names give no rights") {
  auto policy = policy_of(AuthenticationMethod::proxy);
  auto request = request_with("X-Forwarded-User", "alice");
  request.headers.add("X-Forwarded-User", "eve");
  CHECK(verdict(policy, request) == ":reads");
}

TEST_CASE("the operating system knows that root is in its own group") {
  CHECK(user_in_groups("root", {"root"}));
  CHECK_FALSE(user_in_groups("root", {"no-such-group"}));
  CHECK_FALSE(user_in_groups("no-such-user", {"root"}));
}

TEST_CASE("with mutual TLS the client certificate must name a valid organizational unit") {
  auto policy = policy_of(AuthenticationMethod::none);
  policy.unit_check = OrganizationalUnitCheck::on;
  policy.valid_units = {"dba"};
  policy.exempt_path = "/api/status";
  auto request = request_with("X", "");
  CHECK(verdict(policy, request) == "401");
  CHECK(Authenticator(policy).refusal(request).body == "No TLS\n");
  request.peer.transport = Peer::Transport::tls;
  CHECK(Authenticator(policy).refusal(request).body == "Invalid OU\n");
  request.peer.organizational_units = {"web"};
  CHECK(verdict(policy, request) == "401");
  request.peer.organizational_units = {"web", "dba"};
  CHECK(verdict(policy, request) == ":changes");
  request.peer.organizational_units.clear();
  request.path = "/api/status";
  CHECK(verdict(policy, request) == ":changes");
}

TEST_CASE("who is turned away is told how to authenticate") {
  const auto response = Authenticator(policy_of(AuthenticationMethod::basic)).refusal(Request{});
  CHECK(response.status == 401);
  CHECK(response.body == "Not Authorized\n");
  CHECK(response.headers.find("WWW-Authenticate") == "Basic realm=\"Authorization Required\"");
}
