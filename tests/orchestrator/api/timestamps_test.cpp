// Times as the legacy interface writes them.
#include "api/timestamps.hpp"

#include "catch.hpp"

using namespace orchestrator::api;
using topology::SystemTime;

namespace {
const SystemTime moment = std::chrono::system_clock::from_time_t(1795498500);  // 2026-11-24 05:35:00 UTC
}

TEST_CASE("times are printed in UTC, and never is empty") {
  CHECK(timestamp(moment) == "2026-11-24 05:35:00");
  CHECK(timestamp(SystemTime{}).empty());
  CHECK(rfc3339(moment) == "2026-11-24T05:35:00Z");
  CHECK(rfc3339(moment + std::chrono::microseconds(1500)) == "2026-11-24T05:35:00.0015Z");
  CHECK(rfc3339(SystemTime{}) == "0001-01-01T00:00:00Z");
}

TEST_CASE("both forms are read") {
  CHECK(parse_timestamp("2026-11-24 05:35:00") == moment);
  CHECK(parse_timestamp("2026-11-24T05:35:00Z") == moment);
  CHECK(parse_timestamp("2026-11-24 05:35:00.25") == moment + std::chrono::milliseconds(250));
  CHECK(parse_timestamp(rfc3339(moment + std::chrono::nanoseconds(1))) == moment + std::chrono::nanoseconds(1));
}

TEST_CASE("what is no time is refused") {
  for (const auto* text : {"", "2026-11-24", "0000-00-00 00:00:00", "2026-13-24 05:35:00", "2026-02-30 05:35:00",
                           "2026-11-24 25:35:00", "2026-11-24 05:35:00x", "2026-11-24 05:35:00.", "2026/11/24 05:35:00",
                           "2026-11-24 05:-5:00", "1899-01-01 00:00:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}
