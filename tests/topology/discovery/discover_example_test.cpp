// The example that discovers a topology does what it says, on real servers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/process.hpp"
#include "sandbox/topology.hpp"

namespace {

using namespace std::chrono_literals;

std::string run_example(const std::string& seed, const std::filesystem::path& directory) {
  const auto log = directory / "example.log";
  std::filesystem::remove(log);
  const auto account = sandbox::topology_account();
  sandbox::run_program(
      {.command = {EXAMPLE_PROGRAM, seed},
       .log = log,
       .working_directory = directory,
       .environment = {{"ORCHESTRATOR_USER", account.name}, {"ORCHESTRATOR_PASSWORD", account.password}}},
      30s);
  std::ifstream file(log);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the example draws the tree from any seed, and says why it cannot") {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::two_tiers(4);
  layout.flavour = sandbox::Flavour::mariadb;
  sandbox::Topology servers(layout);
  const auto text = run_example(servers.at("node4").endpoint(), servers.directory());
  CHECK(text.starts_with(servers.master().endpoint()));
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find("\n  + " + servers.at("node4").endpoint()) != std::string::npos);
  CHECK_THROWS_WITH(run_example("127.0.0.1:1", servers.directory()), Catch::Contains("cannot connect"));
}
