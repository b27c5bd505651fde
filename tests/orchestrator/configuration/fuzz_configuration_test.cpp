// A short run of random changes to valid files, so that every build fuzzes a little.
#include "fuzz_configuration.hpp"

#include <array>
#include <random>
#include <string>

#include "catch.hpp"
#include "configuration/configuration.hpp"

namespace orchestrator {
namespace {

std::string mutate(std::string text, std::mt19937& random) {
  const auto pick = [&](std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); };
  constexpr std::array<std::string_view, 12> pieces = {"\"", "{",       "}",    "[",    "]",  ",",
                                                       ":",  "\\u0000", "\xff", "null", "-1", "1e999"};
  for (std::size_t changes = 1 + pick(4); changes > 0 && !text.empty(); --changes) {
    const auto place = pick(text.size());
    switch (pick(4)) {
      case 0:
        text[place] = static_cast<char>(pick(256));
        break;
      case 1:
        text.erase(place, 1 + pick(40));
        break;
      case 2:
        text.insert(place, pieces[pick(pieces.size())]);
        break;
      case 3:
        text.insert(place, text.substr(pick(text.size()), pick(60)));
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("Random changes to configuration and credentials files break no promise") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::array<std::string, 3> valid = {
      dump_configuration({}),
      R"json({"Debug": true, "DiscoverySeeds": ["a:1", "[::1]:2"], "ClusterNameToAlias": {"^a(.*)": "b"},
          "DataCenterPattern": "([a-z]+)", "MySQLTopologyPassword": "${A}", "SlaveLagQuery": "select 1"})json",
      "[client]\nuser = \"a b\"\npassword='x\\n' # c\n"};
  for (int round = 0; round < 100; ++round) {
    for (const auto& text : valid) {
      const auto input = mutate(text, random);
      REQUIRE(fuzz_configuration(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()) == 0);
    }
  }
}

}  // namespace orchestrator
