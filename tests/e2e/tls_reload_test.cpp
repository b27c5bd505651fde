// TLS files whose content changed are read at SIGHUP, though no key of the configuration did.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "certificates.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;
using e2e::Settings;
namespace fs = std::filesystem;

std::string quoted(const fs::path& path) {
  return "\"" + path.string() + "\"";
}

void replace(const fs::path& file, const fs::path& with) {
  fs::copy_file(with, file, fs::copy_options::overwrite_existing);
}

}  // namespace

TEST_CASE("a reload reads the authorities of the topology's servers again") {
  const sandbox::TemporaryDirectory directory;
  const auto folder = [&](const char* name) {
    fs::create_directory(directory.path() / name);
    return directory.path() / name;
  };
  const test::CertificateAuthority authority(folder("ours"));
  const test::CertificateAuthority stranger(folder("strange"));
  const auto server_files = authority.issue("server", "DNS:localhost");
  const auto client_files = authority.issue("client", "DNS:client");
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(1);
  layout.settings = {"ssl-ca=" + authority.certificate().string(), "ssl-cert=" + server_files.certificate.string(),
                     "ssl-key=" + server_files.key.string()};
  sandbox::Topology topology(layout);
  const auto ca = directory.path() / "ca.pem";
  replace(ca, authority.certificate());
  RunningServer server(Settings{{"MySQLTopologyUseMutualTLS", "true"},
                                {"MySQLTopologySSLCAFile", quoted(ca)},
                                {"MySQLTopologySSLCertFile", quoted(client_files.certificate)},
                                {"MySQLTopologySSLPrivateKeyFile", quoted(client_files.key)}});
  server.start();
  const auto port = std::to_string(topology.master().port());
  static_cast<void>(server.answer({"-c", "discover", "-i", "localhost:" + port}));
  const auto is_valid = [&](const std::string& wanted) {
    return support::wait_until(
        [&] {
          return server.get("instance/localhost/" + port).body.find("\"IsLastCheckValid\":" + wanted) !=
                 std::string::npos;
        },
        20s);
  };
  REQUIRE(is_valid("true"));
  replace(ca, stranger.certificate());
  server.signal(SIGHUP);
  CHECK(is_valid("false"));
  replace(ca, authority.certificate());
  server.signal(SIGHUP);
  CHECK(is_valid("true"));
}
