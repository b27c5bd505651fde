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
