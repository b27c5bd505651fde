// Asking a leader that speaks TLS.
#include "asking_node.hpp"
#include "catch.hpp"
#include "certificate.hpp"
#include "http/client_tls.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace orchestrator::http;

namespace {

boost::asio::awaitable<Response> show_units(Request request) {
  Response response;
  response.body = request.peer.transport == Peer::Transport::tls ? "tls" : "plain";
  for (const auto& unit : request.peer.organizational_units) {
    response.body += " " + unit;
  }
  co_return response;
}

ServerOptions served_with(const Certificate& own) {
  ServerOptions options;
  options.tls = TlsOptions{own.certificate_file(), own.key_file(), {}, ClientCertificates::ignored};
  return options;
}

LeaderClientOptions trusting(const Certificate& authority) {
  LeaderClientOptions options;
  options.tls.ca_file = authority.certificate_file();
  return options;
}

// The certificate is made out to localhost.
std::string uri_of(const RunningServer& server, const std::string& host = "localhost") {
  return "https://" + host + ":" + std::to_string(server.port());
}

std::string start_error(const LeaderClientOptions& options) {
  boost::asio::io_context loop;
  const auto made = LeaderClient::make(loop.get_executor(), options);
  return made ? "it was made" : made.error().message();
}

}  // namespace

TEST_CASE("a leader is asked over TLS, on one connection for one question after the other") {
  const Certificate own("server");
  RunningServer leader(served_with(own), show_units);
  AskingNode node(trusting(own));
  for (int i = 0; i < 3; ++i) {
    CHECK(text_of(node.ask(uri_of(leader), question_that(Effect::writes))) == "200 tls");
  }
  CHECK(leader.connections() == 1);
}

TEST_CASE("a certificate of an unknown CA, or made out to another host, is refused unless it is not verified") {
  const Certificate own("server");
  const Certificate other("server");
  RunningServer leader(served_with(own), show_units);
  AskingNode stranger(trusting(other));
  CHECK_THAT(text_of(stranger.ask(uri_of(leader), question_that(Effect::writes))),
             StartsWith("not done: its certificate is refused: "));
  AskingNode trusts_system;
  CHECK_THAT(text_of(trusts_system.ask(uri_of(leader), question_that(Effect::writes))),
             StartsWith("not done: its certificate is refused: self-signed certificate"));
  AskingNode node(trusting(own));
  CHECK_THAT(text_of(node.ask(uri_of(leader, "127.0.0.1"), question_that(Effect::writes))),
             StartsWith("not done: its certificate is refused: IP address mismatch"));
  auto careless = trusting(other);
  careless.tls.verification = ServerVerification::skipped;
  AskingNode careless_node(careless);
  CHECK(text_of(careless_node.ask(uri_of(leader, "127.0.0.1"), question_that(Effect::writes))) == "200 tls");
}

TEST_CASE("the node shows its certificate to the leader") {
  const Certificate own("server");
  const Certificate node_certificate("nodes");
  auto served = served_with(own);
  served.tls->ca_file = node_certificate.certificate_file();
  served.tls->client_certificates = ClientCertificates::verified_if_given;
  RunningServer leader(served, show_units);
  auto options = trusting(own);
  options.tls.certificate_file = node_certificate.certificate_file();
  options.tls.private_key_file = node_certificate.key_file();
  AskingNode node(options);
  CHECK(text_of(node.ask(uri_of(leader), question_that(Effect::writes))) == "200 tls nodes");
}

TEST_CASE("a leader that speaks plain HTTP where TLS is expected is no leader") {
  const Certificate own("server");
  RunningServer leader({}, show_units);
  AskingNode node(trusting(own));
  CHECK_THAT(text_of(node.ask(uri_of(leader), question_that(Effect::writes))), StartsWith("not done: TLS handshake: "));
}

TEST_CASE("a TLS file of the asking node that is missing, encrypted or of another key is named") {
  const Certificate own("nodes");
  const Certificate other("nodes");
  LeaderClientOptions options;
  options.tls.ca_file = "/nonexistent-ca.pem";
  CHECK_THAT(start_error(options), StartsWith("CA file /nonexistent-ca.pem: "));
  options = trusting(own);
  options.tls.certificate_file = "/nonexistent.pem";
  CHECK_THAT(start_error(options), StartsWith("client certificate file /nonexistent.pem: "));
  options.tls.certificate_file = own.certificate_file();
  options.tls.private_key_file = own.encrypted_key_file();
  CHECK_THAT(start_error(options), Contains("private key file " + own.encrypted_key_file()));
  options.tls.private_key_file = other.key_file();
  CHECK_THAT(start_error(options), Contains("private key file " + other.key_file()));
}
