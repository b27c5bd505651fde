// Tests of the search for the word that was meant.
#include "client/nearest.hpp"

#include <array>

#include "catch.hpp"

using orchestrator::client::nearest;

TEST_CASE("the nearest word is found through a slip of the finger", "[client]") {
  constexpr std::array<std::string_view, 4> words{"topology", "clusters", "find", "instance"};
  CHECK(nearest("topolgy", words) == "topology");
  CHECK(nearest("tpoology", words) == "topology");
  CHECK(nearest("cluster", words) == "clusters");
  CHECK(nearest("fnid", words) == "find");
  CHECK(nearest("INSTANCE", words) == std::nullopt);
  CHECK(nearest("something-else", words) == std::nullopt);
  CHECK(nearest("", words) == std::nullopt);
  CHECK(nearest(std::string(10000, 'x'), words) == std::nullopt);
}
