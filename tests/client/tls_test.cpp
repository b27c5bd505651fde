// Tests of https: certificates are checked unless the user says otherwise.
#include "catch.hpp"
#include "certificate.hpp"
#include "http_server.hpp"
#include "program.hpp"
#include "temporary_file.hpp"

using namespace client_test;

namespace {

Reply answer(const std::string&) {
  return json(R"([{"ClusterName":"db1:3306","ClusterAlias":"main"}])");
}

}  // namespace

TEST_CASE("a certificate that nobody vouches for is refused before anything is sent", "[client]") {
  const Certificate own = make_certificate("IP:127.0.0.1");
  HttpServer server(answer, own.certificate, own.key);
  const auto finished = run({{"-c", "clusters", "-U", server.url(), "-b", "dba:s3cret"}});
  CHECK(finished.exit_status == 1);
  CHECK(finished.output.empty());
  CHECK_THAT(finished.errors, Catch::Contains("Cannot access orchestrator at " + server.url() + "/api: TLS: ") &&
                                  Catch::Contains("(self-signed certificate)"));
  CHECK(server.requests().empty());
}

TEST_CASE("a certificate is accepted with its CA file or when the check is off", "[client]") {
  const Certificate own = make_certificate("IP:127.0.0.1");
  const TemporaryFile authority(own.certificate);
  HttpServer server(answer, own.certificate, own.key);
  CHECK(run({{"-c", "clusters", "-U", server.url(), "--ca-file", authority.path()}}).output == "db1:3306\n");
  CHECK(run({{"-c", "clusters", "-U", server.url()}, {"ORCHESTRATOR_CA_FILE=" + authority.path()}}).output ==
        "db1:3306\n");
  CHECK(run({{"-c", "clusters", "-U", server.url(), "--insecure"}}).output == "db1:3306\n");
  CHECK(run({{"-c", "clusters", "-U", server.url()}, {"ORCHESTRATOR_INSECURE=1"}}).output == "db1:3306\n");
}

TEST_CASE("a certificate of another host is refused", "[client]") {
  const Certificate other = make_certificate("DNS:elsewhere.example");
  const TemporaryFile authority(other.certificate);
  HttpServer server(answer, other.certificate, other.key);
  const auto finished = run({{"-c", "clusters", "-U", server.url(), "--ca-file", authority.path()}});
  CHECK(finished.exit_status == 1);
  CHECK_THAT(finished.errors, Catch::Contains("/api: TLS: "));
  CHECK(server.requests().empty());
}

TEST_CASE("a CA file that cannot be read is named", "[client]") {
  const auto finished = run({{"-c", "clusters", "-U", "https://127.0.0.1:1", "--ca-file", "/nonexistent.pem"}});
  CHECK(finished.exit_status == 1);
  CHECK_THAT(finished.errors, Catch::Contains("Cannot read certificates from /nonexistent.pem: "));
}

TEST_CASE("a server that does not speak TLS ends with the timeout", "[client]") {
  HttpServer plain(answer);
  const auto finished =
      run({{"-c", "clusters", "-U", "https://127.0.0.1:" + std::to_string(plain.port()), "--timeout=0.5"}});
  CHECK(finished.exit_status == 1);
  CHECK_THAT(finished.errors, Catch::Contains("/api: TLS: "));
}
