// TLS and mutual TLS over real sockets.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "catch.hpp"
#include "certificate.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using namespace orchestrator::http;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

asio::awaitable<Response> show_peer(Request request) {
  Response response;
  response.body = request.peer.transport == Peer::Transport::tls ? "tls" : "plain";
  for (const auto& unit : request.peer.organizational_units) {
    response.body += " " + unit;
  }
  co_return response;
}

// The whole answer to one request, or what went wrong.
std::string ask(std::uint16_t port, ssl::context& context) {
  asio::io_context loop;
  ssl::stream<asio::ip::tcp::socket> stream(loop, context);
  boost::system::error_code code;
  stream.lowest_layer().connect({asio::ip::address_v4::loopback(), port}, code);
  stream.handshake(ssl::stream_base::client, code);
  if (code) {
    return "handshake: " + code.message();
  }
  asio::write(stream, asio::buffer(std::string_view("GET / HTTP/1.0\r\n\r\n")), code);
  std::string all;
  asio::read(stream, asio::dynamic_buffer(all), code);
  return code == asio::error::eof ? all : "read: " + code.message();
}

ServerOptions tls_options(const Certificate& own) {
  ServerOptions options;
  options.tls = TlsOptions{own.certificate_file(), own.key_file(), {}, ClientCertificates::ignored};
  return options;
}

std::string start_error(const ServerOptions& options) {
  asio::io_context loop;
  const auto started = Server::start(loop.get_executor(), options, show_peer);
  return started ? "it started" : started.error().message();
}

}  // namespace

TEST_CASE("requests are served over TLS, with the certificate that was configured") {
  const Certificate own("server");
  RunningServer server(tls_options(own), show_peer);
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(own.certificate_file());
  context.set_verify_mode(ssl::verify_peer);
  CHECK(body_of(ask(server.port(), context)) == "tls");
  CHECK_THAT(server.description(), Catch::Matchers::StartsWith("https://127.0.0.1:"));
}

TEST_CASE("TLS before 1.2 is refused") {
  const Certificate own("server");
  RunningServer server(tls_options(own), show_peer);
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_security_level(context.native_handle(), 0);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
  CHECK_THAT(ask(server.port(), context), Contains("handshake: "));
}

TEST_CASE("a client that speaks plain HTTP to a TLS port does not disturb the others") {
  const Certificate own("server");
  RunningServer server(tls_options(own), show_peer);
  RawClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  plain.rest();
  ssl::context context(ssl::context::tls_client);
  CHECK(body_of(ask(server.port(), context)) == "tls");
}

TEST_CASE("with mutual TLS the units of a verified client certificate are known, and a client may come without one") {
  const Certificate own("server");
  const Certificate client("dba");
  auto options = tls_options(own);
  options.tls->ca_file = client.certificate_file();
  options.tls->client_certificates = ClientCertificates::verified_if_given;
  RunningServer server(options, show_peer);
  ssl::context without(ssl::context::tls_client);
  CHECK(body_of(ask(server.port(), without)) == "tls");
  ssl::context with(ssl::context::tls_client);
  with.use_certificate_file(client.certificate_file(), ssl::context::pem);
  with.use_private_key_file(client.key_file(), ssl::context::pem);
  CHECK(body_of(ask(server.port(), with)) == "tls dba");
}

TEST_CASE("a client certificate of an unknown CA is refused") {
  const Certificate own("server");
  const Certificate client("dba");
  const Certificate stranger("dba");
  auto options = tls_options(own);
  options.tls->ca_file = client.certificate_file();
  options.tls->client_certificates = ClientCertificates::verified_if_given;
  RunningServer server(options, show_peer);
  ssl::context with(ssl::context::tls_client);
  with.use_certificate_file(stranger.certificate_file(), ssl::context::pem);
  with.use_private_key_file(stranger.key_file(), ssl::context::pem);
  const auto answer = ask(server.port(), with);
  CHECK(answer.find("200 OK") == std::string::npos);
}

TEST_CASE("a TLS file that is missing, encrypted or of another key is named") {
  const Certificate own("server");
  const Certificate other("server");
  auto options = tls_options(own);
  options.tls->certificate_file = "/nonexistent.pem";
  CHECK_THAT(start_error(options), Contains("certificate file /nonexistent.pem: "));
  options = tls_options(own);
  options.tls->private_key_file = own.encrypted_key_file();
  CHECK_THAT(start_error(options), Contains("private key file " + own.encrypted_key_file()));
  options = tls_options(own);
  options.tls->private_key_file = other.key_file();
  CHECK_THAT(start_error(options), Contains("private key file " + other.key_file()));
  options = tls_options(own);
  options.tls->ca_file = "/nonexistent-ca.pem";
  CHECK_THAT(start_error(options), Contains("CA file /nonexistent-ca.pem: "));
}
