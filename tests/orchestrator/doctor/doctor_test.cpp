// The doctor finds what is wrong, and only that.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "certificates.hpp"
#include "doctor/examination.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/temporary_directory.hpp"

namespace {

using namespace orchestrator;
using namespace orchestrator::doctor;
using namespace std::chrono_literals;

Finding only(const Findings& findings) {
  REQUIRE(findings.size() == 1);
  return findings.front();
}

Finding disk_of(const std::filesystem::path& folder) {
  Configuration configuration;
  configuration.backend.sqlite_file = ":memory:";
  configuration.raft.enabled = true;
  configuration.raft.data_dir = folder;
  Findings findings;
  examine_disks(configuration, findings);
  return only(findings);
}

Finding certificate(const std::filesystem::path& file, std::chrono::hours later) {
  Configuration configuration;
  configuration.raft.ssl_cert_file = file;
  Findings findings;
  examine_certificates(configuration, std::chrono::system_clock::now() + later, findings);
  return only(findings);
}

Finding peer(const std::string& address) {
  Configuration configuration;
  configuration.raft.enabled = true;
  configuration.raft.advertise = "127.0.0.1:1";
  configuration.raft.nodes = {configuration.raft.advertise, address};
  Findings findings;
  examine_peers(configuration, findings);
  return only(findings);
}

}  // namespace

TEST_CASE("a folder is good if it can be made and written, and leaves no trace of the examination") {
  const sandbox::TemporaryDirectory directory;
  const auto folder = directory.path() / "data";
  std::filesystem::create_directory(folder);
  CHECK(disk_of(folder).grade != Grade::bad);
  CHECK(disk_of(folder / "not" / "yet").grade != Grade::bad);
  CHECK(std::filesystem::is_empty(folder));
  std::ofstream(directory.path() / "file") << "x";
  const auto finding = disk_of(directory.path() / "file" / "below");
  CHECK(finding.grade == Grade::bad);
  CHECK_THAT(finding.message, Catch::Contains("cannot be written"));
}

TEST_CASE("a state in memory needs no disk") {
  Configuration configuration;
  configuration.backend.sqlite_file = ":memory:";
  Findings findings;
  examine_disks(configuration, findings);
  CHECK(findings.empty());
}

TEST_CASE("certificates are judged by their dates") {
  const sandbox::TemporaryDirectory directory;
  const test::CertificateAuthority authority(directory.path());
  const auto file = authority.issue("node1", "DNS:node1").certificate;  // valid from yesterday to tomorrow
  CHECK(certificate(file, 0h).grade == Grade::doubtful);
  CHECK_THAT(certificate(file, 0h).remedy, Catch::Contains("renew"));
  CHECK(certificate(file, 72h).grade == Grade::bad);
  CHECK_THAT(certificate(file, 72h).message, Catch::Contains("expired"));
  CHECK(certificate(file, -72h).grade == Grade::bad);
  CHECK_THAT(certificate(file, -72h).message, Catch::Contains("not valid yet"));
  CHECK(certificate(directory.path() / "none", 0h).grade == Grade::bad);
}

TEST_CASE("a peer is there when something listens") {
  const sandbox::PortLease port;
  const auto address = "127.0.0.1:" + std::to_string(port.port());
  CHECK(peer(address).grade == Grade::bad);
  CHECK_THAT(peer(address).message, Catch::Contains("refused"));
  CHECK(peer("no-such-host.invalid:1").grade == Grade::bad);
  boost::asio::io_context context;
  const boost::asio::ip::tcp::acceptor listener(context, {boost::asio::ip::make_address("127.0.0.1"), port.port()});
  CHECK(peer(address).grade == Grade::good);
}

TEST_CASE("a report names the remedy below the finding and counts") {
  const Findings findings{{Grade::good, "a", "fine", ""}, {Grade::bad, "b", "broken", "mend it"}};
  CHECK(report_of(findings) ==
        "ok      a: fine\nerror   b: broken\n        -> mend it\n1 errors, 0 warnings, 2 checks\n");
  CHECK_FALSE(is_well(findings));
  CHECK(is_well({{Grade::doubtful, "c", "hm", ""}}));
}
