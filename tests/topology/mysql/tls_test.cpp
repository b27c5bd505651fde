// Tests of TLS against a real server: each mode, client certificates, deadlines and loss on encrypted connections.
#include <string>

#include "catch.hpp"
#include "certificates.hpp"
#include "event_loop.hpp"
#include "sandbox_server.hpp"
#include "topology/mysql/session.hpp"

using namespace std::chrono_literals;
using namespace topology::mysql;
using sandbox::root_account;
using test::EventLoop;
using test::in;
using topology::Errc;
using topology::Result;

namespace {

// A server with a certificate for the name "localhost", and two accounts that demand TLS.
struct TlsServer {
  sandbox::TemporaryDirectory directory;
  test::CertificateAuthority authority{directory.path()};
  sandbox::Topology topology{layout()};

  TlsServer() {
    server().execute("CREATE USER 'tls'@'%' IDENTIFIED BY 'p' REQUIRE SSL");
    server().execute("CREATE USER 'certified'@'%' IDENTIFIED BY 'p' REQUIRE X509");
  }

  sandbox::Server& server() { return topology.master(); }

  sandbox::Layout layout() const {
    auto result = test::of_flavour(sandbox::star(1));
    const auto files = authority.issue("server", "DNS:localhost");
    result.settings = {"ssl-ca=" + authority.certificate().string(), "ssl-cert=" + files.certificate.string(),
                       "ssl-key=" + files.key.string()};
    return result;
  }
};

TlsServer& tls_server() {
  static TlsServer server;
  return server;
}

ConnectOptions tls_options(TlsMode mode) {
  auto options = test::options_for(tls_server().server(), root_account());
  options.tls.mode = mode;
  return options;
}

Result<std::unique_ptr<Session>> connect(EventLoop& loop, const ConnectOptions& options) {
  return loop.run(Session::connect(loop.executor(), options, in(10s)));
}

std::string cipher(EventLoop& loop, const ConnectOptions& options) {
  const auto session = connect(loop, options);
  INFO((session ? std::string() : session.error().message()));
  REQUIRE(session);
  return std::string((*session)->tls_cipher());
}

std::error_code error(EventLoop& loop, const ConnectOptions& options) {
  const auto session = connect(loop, options);
  REQUIRE_FALSE(session);
  return session.error().code;
}

}  // namespace

TEST_CASE("without verification TLS is used when asked for") {
  EventLoop loop;
  CHECK(cipher(loop, tls_options(TlsMode::off)).empty());
  CHECK(cipher(loop, tls_options(TlsMode::when_demanded)).empty());
  CHECK_FALSE(cipher(loop, tls_options(TlsMode::preferred)).empty());
  CHECK_FALSE(cipher(loop, tls_options(TlsMode::required)).empty());
}

TEST_CASE("the certificate's authority is verified") {
  EventLoop loop;
  auto options = tls_options(TlsMode::verify_ca);
  CHECK(error(loop, options) == Errc::tls_failed);  // none of the system's authorities signed it
  options.tls.ca_file = tls_server().authority.certificate();
  CHECK_FALSE(cipher(loop, options).empty());
  const sandbox::TemporaryDirectory directory;
  const test::CertificateAuthority other(directory.path());
  options.tls.ca_file = other.certificate();
  CHECK(error(loop, options) == Errc::tls_failed);
}

TEST_CASE("the certificate's name is verified against the name connected to") {
  EventLoop loop;
  auto options = tls_options(TlsMode::verify_identity);
  options.tls.ca_file = tls_server().authority.certificate();
  CHECK(error(loop, options) == Errc::tls_failed);  // it is not for 127.0.0.1
  options.server.hostname = "localhost";
  CHECK_FALSE(cipher(loop, options).empty());
}

TEST_CASE("an account that demands TLS gets it on the second attempt") {
  EventLoop loop;
  auto options = tls_options(TlsMode::when_demanded);
  options.credentials = {"tls", "p"};
  CHECK_FALSE(cipher(loop, options).empty());
  options.tls.mode = TlsMode::off;
  CHECK(error(loop, options) == Errc::access_denied);
}

TEST_CASE("an account that demands a client certificate is served with it") {
  EventLoop loop;
  auto options = tls_options(TlsMode::required);
  options.credentials = {"certified", "p"};
  CHECK(error(loop, options) == Errc::access_denied);
  const auto files = tls_server().authority.issue("client", "DNS:client");
  options.tls.certificate_file = files.certificate;
  options.tls.key_file = files.key;
  CHECK_FALSE(cipher(loop, options).empty());
}

TEST_CASE("a missing certificate file is an error of TLS") {
  EventLoop loop;
  auto options = tls_options(TlsMode::verify_ca);
  options.tls.ca_file = "/no/such/file.pem";
  CHECK(error(loop, options) == Errc::tls_failed);
}

TEST_CASE("an encrypted statement that outlives its deadline blocks nobody") {
  EventLoop loop;
  const auto session = connect(loop, tls_options(TlsMode::required));
  REQUIRE(session);
  const auto answer = loop.run((*session)->query("SELECT SLEEP(30)", in(200ms)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::timeout);
  CHECK(loop.longest_gap() < 150ms);
  CHECK_FALSE((*session)->is_alive());
}

TEST_CASE("large encrypted values arrive whole") {
  EventLoop loop;
  const auto session = connect(loop, tls_options(TlsMode::required));
  REQUIRE(session);
  const auto rows = loop.run((*session)->execute("SELECT REPEAT('x', 3000000) AS big", in(10s)));
  REQUIRE(rows);
  CHECK(rows->row(0).text("big").size() == 3'000'000);
}

TEST_CASE("the loss of an idle encrypted connection is noticed at once, and an idle one stays") {
  EventLoop loop;
  const auto session = connect(loop, tls_options(TlsMode::required));
  REQUIRE(session);
  int lost = 0;
  (*session)->set_lost_handler([&] { ++lost; });
  CHECK_FALSE(loop.run_until([&] { return lost > 0; }, 200ms));
  REQUIRE(loop.run((*session)->ping(in(5s))));
  const auto id = std::to_string((*session)->connection_id());
  tls_server().server().execute("KILL " + id);
  CHECK(loop.run_until([&] { return lost == 1; }, 10s));
}

TEST_CASE("a frozen server costs an encrypted connection its deadline and blocks nobody") {
  EventLoop loop;
  const auto session = connect(loop, tls_options(TlsMode::required));
  REQUIRE(session);
  tls_server().server().freeze();
  const auto connecting = loop.run(Session::connect(loop.executor(), tls_options(TlsMode::required), in(300ms)));
  const auto gap_of_connecting = loop.longest_gap();
  const auto pinged = loop.run((*session)->ping(in(300ms)));
  tls_server().server().thaw();
  REQUIRE_FALSE(connecting);
  CHECK(connecting.error().code == Errc::timeout);
  CHECK(gap_of_connecting < 150ms);
  REQUIRE_FALSE(pinged);
  CHECK(pinged.error().code == Errc::timeout);
  CHECK(loop.longest_gap() < 150ms);
}

TEST_CASE("a server without TLS is refused when TLS is required, and used when it is preferred") {
  auto layout = test::of_flavour(sandbox::star(1));
  layout.settings = {test::is_mysql ? "tls-version=" : "skip-ssl"};
  sandbox::Topology topology(layout);
  EventLoop loop;
  auto options = test::options_for(topology.master(), root_account());
  options.tls.mode = TlsMode::required;
  CHECK(error(loop, options) == Errc::tls_failed);
  options.tls.mode = TlsMode::preferred;
  CHECK(cipher(loop, options).empty());
}

TEST_CASE("a killed server ends an encrypted connection without a signal") {
  EventLoop loop;
  const auto session = connect(loop, tls_options(TlsMode::required));
  REQUIRE(session);
  tls_server().server().kill();
  const auto answer = loop.run((*session)->query("SELECT 1", in(5s)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::connection_lost);
}
