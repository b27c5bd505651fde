// What commands about the fleet and about instances do, and what they answer.
#include "catch.hpp"
#include "sample_commands.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {
namespace {

const InstanceKey a{"a", 3306};
const InstanceKey b{"b", 3306};

Answer done(bool existed = false) {
  return {.count = 1, .existed = existed};
}
Answer unchanged() {
  return {.outcome = Outcome::unchanged};
}

std::string printed(const Answer& answer) {
  std::string text = std::to_string(static_cast<int>(answer.outcome)) + " id " + std::to_string(answer.id) + " count " +
                     std::to_string(answer.count) + (answer.existed ? " existed" : "");
  for (const auto& key : answer.keys) text += " " + key.to_string();
  return text;
}

}  // namespace

TEST_CASE("Every command is applied and leaves the state usable") {
  const auto state = empty_state();
  for (const auto& command : one_of_each_command()) {
    CAPTURE(name_of(command));
    // Raising the version would end the test's program's part in the group.
    if (std::holds_alternative<RaiseVersion>(command)) continue;
    CHECK(must_apply(*state, command).outcome != Outcome::invalid);
  }
}

TEST_CASE("A downtime says whether there was one, is replaced, ended, and expires") {
  const auto state = empty_state();
  const Downtime first{a, "me", "upgrade", at(10), at(20)};
  const Downtime second{a, "you", "more", at(11), at(30)};
  CHECK(must_apply(*state, BeginDowntime{first}) == done());
  CHECK(must_apply(*state, BeginDowntime{second}) == done(true));
  CHECK(must_apply(*state, BeginDowntime{{b, "me", "x", at(1), at(40)}}) == done());
  CHECK(all<Downtime>(*state) == std::vector<Downtime>{second, {b, "me", "x", at(1), at(40)}});
  CHECK(must_apply(*state, EndDowntime{{"c", 1}}) == unchanged());
  CHECK(must_apply(*state, Expire{.now = at(29)}) == unchanged());
  CHECK(must_apply(*state, Expire{.now = at(30)}).count == 1);
  CHECK(must_apply(*state, EndDowntime{b}) == done(true));
  CHECK(all<Downtime>(*state).empty());
}

TEST_CASE("Maintenance is a lock: one at a time, ended by its key or its instance, or by time") {
  const auto state = empty_state();
  const BeginMaintenance begin{{.key = a, .owner = "me", .reason = "r", .begins_at = at(1), .expires_at = at(50)}};
  CHECK(must_apply(*state, begin) == Answer{.id = 1, .count = 1});
  CHECK(must_apply(*state, begin) == Answer{.outcome = Outcome::refused, .id = 1, .existed = true});
  CHECK(must_apply(*state, BeginMaintenance{{.key = b, .expires_at = at(60)}}).id == 2);
  CHECK(printed(must_apply(*state, EndMaintenance{.id = 1, .at = at(5)})) == "0 id 1 count 1 existed a:3306");
  CHECK(must_apply(*state, EndMaintenance{.id = 1, .at = at(6)}) == unchanged());
  CHECK(must_apply(*state, begin).id == 3);
  CHECK(printed(must_apply(*state, EndMaintenance{.key = a, .at = at(7)})) == "0 id 3 count 1 existed a:3306");
  CHECK(must_apply(*state, Expire{.now = at(60)}).count == 1);
  const auto kept = all<Maintenance>(*state);
  REQUIRE(kept.size() == 3);
  CHECK_FALSE(kept[1].active);
  CHECK(kept[1].ended_at == at(60));
  CHECK(must_apply(*state, Expire{.history_before = at(7)}).count == 1);
  CHECK(all<Maintenance>(*state).front().id == 2);
  // Ids are not used again.
  CHECK(must_apply(*state, Expire{.history_before = at(100)}).count == 2);
  CHECK(must_apply(*state, begin).id == 4);
}

TEST_CASE("Candidates are registered again and expire") {
  const auto state = empty_state();
  const Candidate never{a, PromotionRule::must_not, at(1), at(10)};
  const Candidate preferred{a, PromotionRule::prefer, at(2), at(20)};
  CHECK(must_apply(*state, RegisterCandidate{never}) == done());
  CHECK(must_apply(*state, RegisterCandidate{preferred}) == done(true));
  CHECK(all<Candidate>(*state) == std::vector{preferred});
  CHECK(must_apply(*state, Expire{.now = at(10)}) == unchanged());
  CHECK(must_apply(*state, Expire{.now = at(20)}).count == 1);
}

TEST_CASE("Tags are put, and deleted from one instance or all, whatever their value or with one") {
  const auto state = empty_state();
  must_apply(*state, {PutTag{{a, "role", "x"}}, PutTag{{b, "role", "y"}}, PutTag{{b, "other", ""}}});
  CHECK(must_apply(*state, PutTag{{a, "role", "z"}}) == done(true));
  CHECK(printed(must_apply(*state, DeleteTag{.name = "role", .value = "x", .match = TagMatch::name_and_value})) ==
        "1 id 0 count 0");
  SECTION("of all instances") {
    CHECK(printed(must_apply(*state, DeleteTag{.name = "role"})) == "0 id 0 count 2 existed a:3306 b:3306");
    CHECK(all<Tag>(*state) == std::vector<Tag>{{b, "other", ""}});
  }
  SECTION("of all instances, with a value") {
    CHECK(printed(must_apply(*state, DeleteTag{.name = "role", .value = "y", .match = TagMatch::name_and_value})) ==
          "0 id 0 count 1 existed b:3306");
  }
  SECTION("of one instance") {
    CHECK(printed(must_apply(*state, DeleteTag{.key = b, .name = "role"})) == "0 id 0 count 1 existed b:3306");
    CHECK(all<Tag>(*state) == std::vector<Tag>{{a, "role", "z"}, {b, "other", ""}});
  }
  SECTION("without a value is a value") {
    CHECK(printed(must_apply(*state, DeleteTag{.name = "other", .value = "", .match = TagMatch::name_and_value})) ==
          "0 id 0 count 1 existed b:3306");
  }
}

TEST_CASE("Submitting a pool replaces what it had") {
  const auto state = empty_state();
  must_apply(*state, {SubmitPool{"p", {a, b}, at(1)}, SubmitPool{"q", {a}, at(2)}, SubmitPool{"p", {b}, at(3)}});
  CHECK(all<PoolInstance>(*state) == std::vector<PoolInstance>{{"p", b, at(3)}, {"q", a, at(2)}});
  CHECK(must_apply(*state, Expire{.pools_before = at(3)}).count == 1);
  CHECK(must_apply(*state, SubmitPool{"p", {}, at(4)}).count == 0);
  CHECK(all<PoolInstance>(*state).empty());
}

TEST_CASE("An alias that was set by hand stays when the cluster is recorded again, and goes with the cluster") {
  const auto state = empty_state();
  must_apply(*state, {RecordCluster{{"c", "a:3306", "detected", ""}}, SetClusterAlias{{"c", "mine"}}});
  must_apply(*state, {RecordCluster{{"c", "b:3306", "", ""}}, SetClusterAlias{{"other", "x"}}});
  CHECK(all<ClusterAlias>(*state) == std::vector<ClusterAlias>{{"c", "mine"}, {"other", "x"}});
  CHECK(must_apply(*state, SetClusterAlias{{"other", ""}}) == done(true));
  CHECK(must_apply(*state, SetClusterAlias{{"other", ""}}) == unchanged());
  must_apply(*state, ForgetCluster{"c"});
  CHECK(all<ClusterAlias>(*state).empty());
}

TEST_CASE("Names to use for hosts are registered, deregistered, and expire") {
  const auto state = empty_state();
  CHECK(must_apply(*state, RegisterHostnameUnresolve{{"a", "virtual", at(1)}}) == done());
  CHECK(must_apply(*state, RegisterHostnameUnresolve{{"b", "other", at(2)}}) == done());
  CHECK(must_apply(*state, DeregisterHostnameUnresolve{"a"}) == done(true));
  CHECK(must_apply(*state, DeregisterHostnameUnresolve{"a"}) == unchanged());
  CHECK(must_apply(*state, Expire{.unresolves_before = at(3)}).count == 1);
}

TEST_CASE("A picture of the topologies is taken from what is recorded, and old ones are forgotten") {
  const auto state = empty_state();
  must_apply(*state,
             {RecordCluster{{"c", "a:3306", "", ""}}, RecordInstance{{a, "c", {}, "", at(0), "r"}},
              RecordInstance{{b, "c", a, "", at(0), "r"}}, RecordInstance{{{"x", 1}, "none", {}, "", at(0), ""}}});
  CHECK(must_apply(*state, TakeTopologyPicture{.at = at(5)}).count == 3);
  CHECK(must_apply(*state, TakeTopologyPicture{.at = at(5)}).count == 3);
  CHECK(all<PastInstance>(*state) == std::vector<PastInstance>{{at(5), a, {}, "c", "a:3306"},
                                                               {at(5), b, a, "c", "a:3306"},
                                                               {at(5), {"x", 1}, {}, "none", ""}});
  CHECK(must_apply(*state, TakeTopologyPicture{.at = at(9), .forget_before = at(6)}).count == 3);
  CHECK(all<PastInstance>(*state).size() == 3);
}

TEST_CASE("An access token is acquired once, within its time, and only a digest is kept") {
  const auto state = empty_state();
  CHECK(must_apply(*state, AddAccessToken{{"public", "", "me", at(10), {}}}).outcome == Outcome::done);
  CHECK(must_apply(*state, AddAccessToken{{"public", "", "you", at(11), {}}}).outcome == Outcome::refused);
  CHECK(must_apply(*state, AcquireAccessToken{"none", "digest", at(12), at(5)}).outcome == Outcome::refused);
  CHECK(must_apply(*state, AcquireAccessToken{"public", "digest", at(12), at(11)}).outcome == Outcome::refused);
  CHECK(must_apply(*state, AcquireAccessToken{"public", "digest", at(12), at(10)}).outcome == Outcome::done);
  CHECK(must_apply(*state, AcquireAccessToken{"public", "other", at(13), at(10)}).outcome == Outcome::refused);
  CHECK(state->access_token("public").value() == AccessToken{"public", "digest", "me", at(10), at(12)});
  CHECK(must_apply(*state, Expire{.tokens_before = at(11)}).count == 1);
  CHECK_FALSE(state->access_token("public").value().has_value());
}

TEST_CASE("Audit entries are numbered and read page by page, the newest first") {
  const auto state = empty_state();
  for (int i = 1; i <= 5; ++i) {
    const Audit audit{.at = at(i), .type = "t", .key = i % 2 == 0 ? b : a, .message = std::to_string(i)};
    CHECK(must_apply(*state, RecordAudit{audit}).id == static_cast<std::uint64_t>(i));
  }
  const auto messages = [&](const AuditQuery& query) {
    std::string text;
    const auto found = state->audit(query);
    for (const auto& audit : found.value()) text += audit.message;
    return text;
  };
  CHECK(messages({}) == "54321");
  CHECK(messages({.instance = std::nullopt, .page = {.skipped = 0, .size = 2}}) == "54");
  CHECK(messages({.instance = std::nullopt, .page = {.skipped = 4, .size = 2}}) == "1");
  CHECK(messages({.instance = a, .page = {}}) == "531");
  CHECK(must_apply(*state, Expire{.audit_before = at(4)}).count == 3);
  CHECK(messages({}) == "54");
}

TEST_CASE("What a node says of itself is kept until it is forgotten") {
  const auto state = empty_state();
  const GroupNode node{"node1", "http://h:3000", "h", "0.1.0", 2};
  CHECK(must_apply(*state, RecordNode{node}).outcome == Outcome::done);
  CHECK(must_apply(*state, RecordNode{node}).outcome == Outcome::unchanged);
  CHECK(all<GroupNode>(*state) == std::vector<GroupNode>{node});
  CHECK(must_apply(*state, ForgetNode{"node1"}).outcome == Outcome::done);
  CHECK(must_apply(*state, ForgetNode{"node1"}).outcome == Outcome::unchanged);
  CHECK(all<GroupNode>(*state).empty());
}

TEST_CASE("A group goes to a higher version only, and a program that does not know it stays behind unharmed") {
  const auto state = empty_state();
  CHECK(state->version().value() == first_group_version);
  CHECK(must_apply(*state, RaiseVersion{1}) == Answer{.outcome = Outcome::refused, .id = first_group_version});
  CHECK(must_apply(*state, RaiseVersion{first_group_version}).outcome == Outcome::unchanged);
  const auto raised = propose(*state, {PutKeyValue{{"k", "v"}}, RaiseVersion{state_version + 1}});
  REQUIRE_FALSE(raised.has_value());
  CHECK(raised.error().code == Errc::program_too_old);
  CHECK_FALSE(is_retryable(raised.error().code));
  CHECK(state->version().value() == state_version);
  CHECK(state->applied().value() == 2);
  CHECK(all<KeyValue>(*state).empty());
}

TEST_CASE("A proposal of a version above the group's is refused by all, whether they know it or not") {
  const auto state = empty_state();
  auto bytes = encode_commands(std::vector<Command>{PutKeyValue{{"k", "v"}}}, first_group_version).value();
  bytes[1] = static_cast<char>(state_version + 1);
  const Proposal proposal{1, bytes};
  const auto answers = state->apply(std::span(&proposal, 1), 1);
  CHECK(answers.value() == std::vector<Answers>{{{.outcome = Outcome::too_new}}});
  CHECK(all<KeyValue>(*state).empty());
  CHECK(state->applied().value() == 1);
}

TEST_CASE("Proposals are applied once each, up to an index that may be past the last of them") {
  const auto state = empty_state();
  const auto first = encode_commands(std::vector<Command>{RecordAudit{{.type = "1"}}}, 2).value();
  const auto second = encode_commands(std::vector<Command>{RecordAudit{{.type = "2"}}}, 2).value();
  const std::vector<Proposal> proposals{{3, first}, {5, "garbage"}, {6, second}};
  const auto answers = state->apply(proposals, 8);
  REQUIRE(answers.value().size() == 3);
  CHECK(answers.value()[0].front().id == 1);
  CHECK(answers.value()[1].front().outcome == Outcome::invalid);
  CHECK(answers.value()[2].front().id == 2);
  CHECK(state->applied().value() == 8);
  CHECK(state->apply(proposals, 8).value().size() == 3);
  CHECK(state->apply({}, 9).value().empty());
  CHECK(state->applied().value() == 9);
  CHECK(all<Audit>(*state).size() == 2);
}

}  // namespace orchestrator::state
