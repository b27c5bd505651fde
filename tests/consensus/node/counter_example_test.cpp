// The example of a replicated counter does what it says, and goes on where it was.
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/temporary_directory.hpp"

namespace {

using namespace std::chrono_literals;

// The first of three ports that nobody has.
std::uint16_t three_ports(std::vector<sandbox::PortLease>& leases) {
  for (;;) {
    leases.emplace_back();
    const auto has = [&](int port) {
      return std::any_of(leases.begin(), leases.end(),
                         [&](const sandbox::PortLease& one) { return one.port() == port; });
    };
    for (const sandbox::PortLease& lease : leases) {
      if (has(lease.port() + 1) && has(lease.port() + 2)) return lease.port();
    }
  }
}

std::string run_example(const std::filesystem::path& folder, std::uint16_t port) {
  const auto log = folder / "example.log";
  std::filesystem::remove(log);
  sandbox::run_program({.command = {EXAMPLE_PROGRAM, (folder / "group").string(), std::to_string(port)},
                        .log = log,
                        .working_directory = folder,
                        .environment = {}},
                       30s);
  std::ifstream file(log);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the counter survives its leader, and a second run goes on counting") {
  const sandbox::TemporaryDirectory directory;
  std::vector<sandbox::PortLease> leases;
  const std::uint16_t port = three_ports(leases);
  const std::string first = run_example(directory.path(), port);
  CHECK(first.find("1 more: 1\n") != std::string::npos);
  CHECK(first.find("10 more: 11\n") != std::string::npos);
  CHECK(first.find(" has 11\n") != std::string::npos);
  const std::string second = run_example(directory.path(), port);
  CHECK(second.find("1 more: 12\n") != std::string::npos);
  CHECK(second.find(" has 22\n") != std::string::npos);
}
