// The generator: fixed values, so that a seed means the same run for ever and everywhere.
#include "consensus/simulator/random.hpp"

#include <set>

#include "catch.hpp"

using namespace consensus::simulator;

TEST_CASE("a seed gives the same numbers everywhere") {
  Random random(42);
  const std::uint64_t first = random.next();
  const std::uint64_t second = random.next();
  CHECK(first == 6667968346354703667U);
  CHECK(second == 16249806489848801414U);
  CHECK(mix(1, 2, 3) == 15020427595393229491U);
}

TEST_CASE("numbers stay within their limits and reach both ends") {
  Random random(7);
  std::set<std::uint64_t> seen;
  for (int count = 0; count < 1000; ++count) seen.insert(random.between(3, 6));
  CHECK(seen == std::set<std::uint64_t>{3, 4, 5, 6});
  CHECK(random.below(0) == 0);
  CHECK_FALSE(random.chance(0));
  CHECK(random.chance(1000));
}

TEST_CASE("a chance comes about as often as it says") {
  Random random(8);
  int hits = 0;
  for (int count = 0; count < 100'000; ++count) hits += random.chance(250) ? 1 : 0;
  CHECK(hits > 24'000);
  CHECK(hits < 26'000);
}
