// Every scenario that once showed something is replayed; it must pass.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/simulation.hpp"

using namespace consensus::simulator;

namespace {

std::vector<std::filesystem::path> scenario_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(REGRESSIONS)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("what once failed does not fail any more") {
  REQUIRE_FALSE(scenario_files().empty());
  for (const auto& path : scenario_files()) {
    INFO("bin/raft-simulate --replay " << path.string() << " --trace");
    const auto scenario = parse_scenario(read_file(path));
    REQUIRE(scenario);
    const Report report = run_isolated([&] { return replay(*scenario); });
    const std::string failure = report.failure ? report.failure->kind + ": " + report.failure->text : "";
    CHECK(failure.empty());
    CHECK_FALSE(scenario->comments.empty());
  }
}
