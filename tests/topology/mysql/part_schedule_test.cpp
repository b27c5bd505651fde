// Tests of when parts of a probe are due.
#include "mysql/part_schedule.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using topology::Errc;
using topology::make_error;
using topology::mysql::Due;
using topology::mysql::Instant;
using topology::mysql::Part;
using topology::mysql::PartSchedule;

namespace {
const Instant start = Instant() + 1h;
}

TEST_CASE("a part is due at once and after each success, unless it is slow") {
  PartSchedule schedule;
  CHECK(schedule.due(Part::status, start) == Due::now);
  schedule.succeeded(Part::status, start, 0s);
  CHECK(schedule.due(Part::status, start) == Due::now);
  schedule.succeeded(Part::stored_credentials, start, 60s);
  CHECK(schedule.due(Part::stored_credentials, start + 59s) == Due::later);
  CHECK(schedule.due(Part::stored_credentials, start + 60s) == Due::now);
}

TEST_CASE("a failed part waits, then is tried by itself, and warns all the while") {
  PartSchedule schedule;
  schedule.failed(Part::lag, make_error(Errc::query_failed, "db1:3306: no such table"), start + 30s);
  CHECK(schedule.due(Part::lag, start + 29s) == Due::later);
  CHECK(schedule.due(Part::lag, start + 30s) == Due::by_itself);
  CHECK_FALSE(schedule.needs_new_connection(start + 30s));
  REQUIRE(schedule.warnings().size() == 1);
  CHECK(schedule.warnings()[0].part == "ReplicationLagQuery");
  CHECK(schedule.warnings()[0].message == "db1:3306: no such table: statement failed");
  schedule.succeeded(Part::lag, start + 31s, 0s);
  CHECK(schedule.warnings().empty());
  CHECK(schedule.due(Part::lag, start + 31s) == Due::now);
}

TEST_CASE("a missing privilege is looked for again on a new connection") {
  PartSchedule schedule;
  schedule.failed(Part::replicas, make_error(Errc::access_denied, "db1:3306"), start + 30s);
  CHECK_FALSE(schedule.needs_new_connection(start + 29s));
  CHECK(schedule.needs_new_connection(start + 30s));
}
