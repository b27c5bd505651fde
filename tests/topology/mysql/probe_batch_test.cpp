// Tests of sending statements together: what follows a failure is sent again, nothing is attributed to a wrong part.
#include "mysql/probe_batch.hpp"

#include <utility>
#include <vector>

#include "catch.hpp"

using topology::Errc;
using topology::make_error;
using topology::mysql::BatchItem;
using topology::mysql::BatchOutcome;
using topology::mysql::BatchPlan;
using topology::mysql::must_go_alone;
using topology::mysql::Part;
using topology::mysql::ResultSet;
using topology::mysql::Sending;
using topology::mysql::StatementError;
using topology::mysql::StatementResults;
using topology::mysql::trimmed_query;

namespace {

ResultSet answer(const char* text) {
  ResultSet rows{"a"};
  rows.add_row({text});
  return rows;
}

StatementResults answers(const std::vector<const char*>& texts) {
  StatementResults results;
  for (const auto* text : texts) {
    results.results.push_back(answer(text));
  }
  return results;
}

StatementResults failing_after(const std::vector<const char*>& texts) {
  auto results = answers(texts);
  results.failure = StatementError{make_error(Errc::query_failed, "db1:3306: no"), 1146};
  return results;
}

std::string text_of(const BatchOutcome& outcome, Part part) {
  const auto& rows = outcome.results.get(part);
  return rows.empty() ? "" : std::string(rows.row(0).text(std::size_t{0}));
}

}  // namespace

TEST_CASE("all statements go in one round trip") {
  BatchPlan plan({{Part::status, "A"}, {Part::replicas, "B"}});
  BatchOutcome outcome;
  CHECK(plan.next_text() == "A;\nB");
  plan.take(answers({"1", "2"}), outcome);
  CHECK(plan.done());
  CHECK(outcome.round_trips == 1);
  CHECK(text_of(outcome, Part::status) == "1");
  CHECK(text_of(outcome, Part::replicas) == "2");
}

TEST_CASE("statements go one by one to servers that take no more") {
  BatchPlan plan({{Part::status, "A"}, {Part::replicas, "B"}}, Sending::one_by_one);
  BatchOutcome outcome;
  CHECK(plan.next_text() == "A");
  plan.take(failing_after({}), outcome);
  CHECK(plan.next_text() == "B");
  plan.take(answers({"2"}), outcome);
  CHECK(plan.done());
  CHECK(outcome.round_trips == 2);
  CHECK(text_of(outcome, Part::replicas) == "2");
}

TEST_CASE("a failed statement costs only its own part") {
  BatchPlan plan({{Part::status, "A"}, {Part::replicas, "B"}, {Part::lag, "C"}});
  BatchOutcome outcome;
  CHECK(plan.next_text() == "A;\nB;\nC");
  plan.take(failing_after({"1"}), outcome);
  REQUIRE_FALSE(plan.done());
  CHECK(plan.next_text() == "C");
  plan.take(answers({"3"}), outcome);
  CHECK(plan.done());
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].part == Part::replicas);
  CHECK(text_of(outcome, Part::status) == "1");
  CHECK_FALSE(outcome.results.has(Part::replicas));
  CHECK(text_of(outcome, Part::lag) == "3");
}

TEST_CASE("every statement may fail") {
  BatchPlan plan({{Part::status, "A"}, {Part::replicas, "B"}, {Part::lag, "C"}});
  BatchOutcome outcome;
  for (int i = 0; i < 3; ++i) {
    REQUIRE_FALSE(plan.done());
    static_cast<void>(plan.next_text());
    plan.take(failing_after({}), outcome);
  }
  CHECK(plan.done());
  CHECK(outcome.failures.size() == 3);
}

TEST_CASE("the failure of an essential part ends the batch") {
  BatchPlan plan({{Part::channels, "A"}, {Part::replicas, "B"}});
  BatchOutcome outcome;
  static_cast<void>(plan.next_text());
  plan.take(failing_after({}), outcome);
  CHECK(plan.done());
}

TEST_CASE("a query that could disturb the others goes alone") {
  CHECK(must_go_alone("select 1; select 2"));
  CHECK(must_go_alone("select 1 -- comment"));
  CHECK(must_go_alone("select 1 # comment"));
  CHECK(must_go_alone("select /* x */ 1"));
  CHECK_FALSE(must_go_alone("select 'dc' from dual"));
  BatchPlan plan({{Part::status, "A"}, {Part::data_center, "select 1 -- x"}, {Part::region, "C"}});
  BatchOutcome outcome;
  CHECK(plan.next_text() == "A");
  plan.take(answers({"1"}), outcome);
  CHECK(plan.next_text() == "select 1 -- x");
  plan.take(answers({"2", "too many"}), outcome);
  CHECK(plan.next_text() == "C");
  plan.take(answers({"3"}), outcome);
  CHECK(plan.done());
  CHECK(text_of(outcome, Part::data_center) == "2");
  CHECK(text_of(outcome, Part::region) == "3");
}

TEST_CASE("fewer answers than statements make the rest go one by one, and end") {
  BatchPlan plan({{Part::status, "A"}, {Part::replicas, "B"}, {Part::lag, "C"}});
  BatchOutcome outcome;
  static_cast<void>(plan.next_text());
  plan.take(answers({"1"}), outcome);
  CHECK(plan.next_text() == "B");
  plan.take(answers({}), outcome);
  CHECK(plan.next_text() == "C");
  plan.take(answers({"3"}), outcome);
  CHECK(plan.done());
  CHECK(text_of(outcome, Part::lag) == "3");
}

TEST_CASE("blanks and semicolons at a query's end are cut off") {
  CHECK(trimmed_query("select 1 ; \n") == "select 1");
  CHECK(trimmed_query(" ; ").empty());
  CHECK(trimmed_query("").empty());
}
