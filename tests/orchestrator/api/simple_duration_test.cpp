// Durations as operators write them and as they are printed.
#include "api/simple_duration.hpp"

#include "catch.hpp"

using namespace orchestrator::api;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit") {
  CHECK(parse_simple_duration("0s").value() == 0s);
  CHECK(parse_simple_duration("90s").value() == 90s);
  CHECK(parse_simple_duration("10m").value() == 10min);
  CHECK(parse_simple_duration("2h").value() == 2h);
  CHECK(parse_simple_duration("3d").value() == 72h);
  CHECK(parse_simple_duration("2w").value() == 336h);
}

TEST_CASE("anything else is no duration") {
  for (const auto* text : {"", "s", "10", "-1s", "1.5h", "10 m", "1h30m", "10M", "99999999999999999999s", "9999999w"}) {
    CAPTURE(text);
    const auto duration = parse_simple_duration(text);
    REQUIRE_FALSE(duration);
    CHECK(duration.error().context == "Cannot parse simple time: " + std::string(text));
  }
}

TEST_CASE("durations are printed as Go programs do") {
  CHECK(go_duration(0ns) == "0s");
  CHECK(go_duration(850ns) == "850ns");
  CHECK(go_duration(1500ns) == "1.5\u00b5s");
  CHECK(go_duration(1234567ns) == "1.234567ms");
  CHECK(go_duration(2500ms) == "2.5s");
  CHECK(go_duration(20ms) == "20ms");
}
