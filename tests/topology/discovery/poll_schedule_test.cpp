// Tests of when an instance is probed next.
#include "discovery/poll_schedule.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using topology::next_wait;
using topology::PollSchedule;

TEST_CASE("a healthy instance is probed after the poll interval") {
  CHECK(next_wait({.interval = 1000ms}, 0, 0.0) == 1000ms);
}

TEST_CASE("jitter shortens the wait by at most a tenth") {
  CHECK(next_wait({.interval = 1000ms}, 0, 1.0) == 900ms);
  CHECK(next_wait({.interval = 1000ms}, 0, 0.5) == 950ms);
}

TEST_CASE("a dead instance is probed less and less often, up to the maximum") {
  const PollSchedule schedule{.interval = 1000ms, .dead_factor = 2.0, .dead_max = 10s};
  CHECK(next_wait(schedule, 1, 0.0) == 2s);
  CHECK(next_wait(schedule, 3, 0.0) == 8s);
  CHECK(next_wait(schedule, 4, 0.0) == 10s);
  CHECK(next_wait(schedule, 4'000'000'000U, 0.0) == 10s);
}

TEST_CASE("a factor below one never makes a dead instance busier than a healthy one") {
  CHECK(next_wait({.interval = 1000ms, .dead_factor = 0.1, .dead_max = 10s}, 5, 0.0) == 1000ms);
}

TEST_CASE("a maximum below the interval does not shorten the interval") {
  CHECK(next_wait({.interval = 5000ms, .dead_factor = 2.0, .dead_max = 1s}, 5, 0.0) == 5000ms);
}
