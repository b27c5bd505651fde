// Tests of learning a server's pace.
#include "mysql/answer_pace.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using topology::mysql::AnswerPace;

namespace {

// A server that always takes the same time, asked so often.
AnswerPace after(AnswerPace pace, AnswerPace::Duration taken, int times) {
  for (int i = 0; i < times; ++i) {
    if (pace.wait() >= taken) {
      pace.was_complete();
    } else {
      pace.was_incomplete(taken);
    }
  }
  return pace;
}

}  // namespace

TEST_CASE("at first nothing is waited for") {
  CHECK(AnswerPace().wait() == 0ms);
}

TEST_CASE("the wait settles near the usual time of the answer") {
  const auto pace = after({}, 2ms, 50);
  CHECK(pace.wait() > 1800us);
  CHECK(pace.wait() < 2200us);
}

TEST_CASE("one slow answer changes little") {
  auto pace = after({}, 2ms, 50);
  pace.was_incomplete(5s);
  CHECK(pace.wait() < 3ms);
}

TEST_CASE("the wait follows a server that gets faster") {
  CHECK(after(after({}, 10ms, 100), 1ms, 100).wait() < 1200us);
}

TEST_CASE("the wait has a limit") {
  CHECK(after({}, 1s, 1000).wait() == AnswerPace::max_wait);
}
