// Claims, steps, ends and acknowledgements of recoveries, and detections.
#include "catch.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {
namespace {

const InstanceKey a{"a", 3306};
const InstanceKey b{"b", 3306};

Recovery recovery(std::string uid, std::string cluster = "c", InstanceKey key = a) {
  Recovery recovery;
  recovery.uid = std::move(uid);
  recovery.cluster_id = std::move(cluster);
  recovery.key = std::move(key);
  recovery.analysis = "DeadMaster";
  recovery.started_at = at(100);
  return recovery;
}

Recovery the_recovery(State& state, const std::string& uid) {
  auto found = state.recoveries({.uid = uid});
  if (!found || found->size() != 1) FAIL("no recovery " << uid);
  return std::move(found->front());
}

// Ends the recovery as its leader would.
void end(State& state, const std::string& uid, bool successful, Time when) {
  auto ended = the_recovery(state, uid);
  ended.successful = successful;
  ended.ended_at = when;
  ended.successor = b;
  REQUIRE(must_apply(state, UpdateRecovery{ended}).outcome == Outcome::done);
}

std::vector<std::uint64_t> ids(const Result<std::vector<Recovery>>& recoveries) {
  std::vector<std::uint64_t> all;
  for (const auto& each : recoveries.value()) all.push_back(each.id);
  return all;
}

}  // namespace

TEST_CASE("A claim gives an id and an epoch, and only one recovery of a cluster runs at a time") {
  const auto state = empty_state();
  must_apply(*state, RecordAudit{{.type = "x"}});
  CHECK(must_apply(*state, ClaimRecovery{recovery("u1"), at(50)}) == Answer{.id = 1, .count = 1});
  CHECK(the_recovery(*state, "u1").epoch == 2);
  CHECK(the_recovery(*state, "u1").is_running());
  CHECK(must_apply(*state, ClaimRecovery{recovery("u2", "c", b), at(50), true}) ==
        Answer{.outcome = Outcome::refused, .id = 1});
  CHECK(all<BlockedRecovery>(*state) == std::vector<BlockedRecovery>{{b, "c", "", "DeadMaster", at(100), 1}});
  CHECK(must_apply(*state, ClaimRecovery{recovery("u3", "other"), at(50)}).id == 2);
}

TEST_CASE("A recovery that succeeded a short time ago blocks the next one, unless it is acknowledged or forced") {
  const auto state = empty_state();
  must_apply(*state, ClaimRecovery{recovery("u1"), at(50)});
  SECTION("succeeded") {
    end(*state, "u1", true, at(200));
    CHECK(must_apply(*state, ClaimRecovery{recovery("u2"), at(199)}).outcome == Outcome::refused);
    SECTION("long ago") {
      CHECK(must_apply(*state, ClaimRecovery{recovery("u2"), at(200)}).outcome == Outcome::done);
      CHECK(all<BlockedRecovery>(*state).empty());
    }
    SECTION("acknowledged") {
      CHECK(must_apply(*state, AcknowledgeRecoveries{.scope = AckScope::all, .by = "me", .comment = "seen"}).count ==
            1);
      CHECK(must_apply(*state, ClaimRecovery{recovery("u2"), at(199)}).outcome == Outcome::done);
    }
    SECTION("forced") {
      CHECK(must_apply(*state, ClaimRecovery{recovery("u2"), at(199), true}).outcome == Outcome::done);
    }
  }
  SECTION("failed") {
    end(*state, "u1", false, at(200));
    CHECK(must_apply(*state, ClaimRecovery{recovery("u2"), at(199)}).outcome == Outcome::done);
  }
}

TEST_CASE("The next leader claims a running recovery anew, and the one before is refused from then on") {
  const auto state = empty_state();
  must_apply(*state, ClaimRecovery{recovery("u1"), at(50)});
  const auto before = the_recovery(*state, "u1");
  CHECK(must_apply(*state, RecordRecoveryStep{{.recovery_uid = "u1", .epoch = before.epoch, .name = "freeze"}}).id ==
        1);
  auto resumed = before;
  resumed.node_hostname = "node2";
  CHECK(must_apply(*state, ClaimRecovery{resumed, at(50)}) == Answer{.id = 1, .count = 1, .existed = true});
  const auto now = the_recovery(*state, "u1");
  CHECK(now.epoch > before.epoch);
  CHECK(now.node_hostname == "node2");
  const Answer refused{.outcome = Outcome::refused, .id = 1, .existed = true};
  CHECK(must_apply(*state, UpdateRecovery{before}) == refused);
  CHECK(must_apply(*state, RecordRecoveryStep{{.recovery_uid = "u1", .epoch = before.epoch}}).outcome ==
        Outcome::refused);
  CHECK(must_apply(*state, RecordRecoveryStep{{.recovery_uid = "u1", .epoch = now.epoch, .name = "promote"}}).id == 2);
  CHECK(must_apply(*state, RecordRecoveryStep{{.recovery_uid = "u1", .message = "a remark"}}).id == 3);
  CHECK(must_apply(*state, UpdateRecovery{recovery("none")}) == Answer{.outcome = Outcome::refused});
  const auto steps = state->steps("u1").value();
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].name == "freeze");
  CHECK(steps[2].message == "a remark");
  end(*state, "u1", true, at(300));
  CHECK(must_apply(*state, ClaimRecovery{recovery("u1"), at(50)}) == refused);
}

TEST_CASE("Recoveries are acknowledged by id, uid, instance, cluster or all, once") {
  const auto state = empty_state();
  for (const auto* uid : {"u1", "u2", "u3"}) {
    must_apply(*state, ClaimRecovery{recovery(uid, uid, uid == std::string("u3") ? b : a), at(0)});
  }
  AcknowledgeRecoveries acknowledge{.at = at(7), .by = "me", .comment = "seen"};
  const auto count = [&] { return must_apply(*state, acknowledge).count; };
  SECTION("by id") {
    acknowledge.id = 2;
    CHECK(count() == 1);
    CHECK(the_recovery(*state, "u2").acknowledgement == Acknowledgement{true, at(7), "me", "seen"});
    CHECK(count() == 0);
  }
  SECTION("by uid") {
    acknowledge.scope = AckScope::uid;
    acknowledge.uid = "u3";
    CHECK(count() == 1);
  }
  SECTION("of an instance") {
    acknowledge.scope = AckScope::instance;
    acknowledge.key = a;
    CHECK(count() == 2);
  }
  SECTION("of a cluster") {
    acknowledge.scope = AckScope::cluster;
    acknowledge.cluster_id = "u1";
    CHECK(count() == 1);
  }
  SECTION("all, and an update does not take it back") {
    acknowledge.scope = AckScope::all;
    CHECK(count() == 3);
    auto update = the_recovery(*state, "u1");
    update.acknowledgement = {};
    must_apply(*state, UpdateRecovery{update});
    CHECK(the_recovery(*state, "u1").acknowledgement.given);
  }
}

TEST_CASE("A detection is registered once while it is active") {
  const auto state = empty_state();
  const Detection dead{.key = a,
                       .cluster_id = "c",
                       .cluster_alias = "alias",
                       .analysis = "DeadMaster",
                       .actionable = true,
                       .detected_at = at(10)};
  auto unreachable = dead;
  unreachable.actionable = false;
  CHECK(must_apply(*state, RegisterDetection{dead}) == Answer{.id = 1, .count = 1});
  CHECK(must_apply(*state, RegisterDetection{dead}) == Answer{.outcome = Outcome::unchanged, .id = 1, .existed = true});
  CHECK(must_apply(*state, RegisterDetection{unreachable}).id == 2);
  SECTION("until its time is over") {
    CHECK(must_apply(*state, Expire{.detections_before = at(10)}).outcome == Outcome::unchanged);
    CHECK(must_apply(*state, Expire{.detections_before = at(11)}).count == 2);
  }
  SECTION("until its instance is acknowledged") {
    must_apply(*state, AcknowledgeRecoveries{.scope = AckScope::instance, .key = a, .at = at(20)});
  }
  SECTION("until its cluster is acknowledged") {
    must_apply(*state, AcknowledgeRecoveries{.scope = AckScope::cluster, .cluster_id = "c", .at = at(20)});
  }
  CHECK(must_apply(*state, RegisterDetection{dead}).id == 3);
  CHECK(state->detections({.cluster_alias = "alias", .page = {.skipped = 1, .size = 1}}).value().front().id == 2);
  CHECK(state->detections({.id = 1}).value().front().analysis == "DeadMaster");
  CHECK(must_apply(*state, Expire{.history_before = at(11)}).count == 2);
}

TEST_CASE("Recoveries are found by what the interface asks for, the newest first") {
  const auto state = empty_state();
  for (int i = 1; i <= 3; ++i) {
    auto claimed = recovery("u" + std::to_string(i), "c" + std::to_string(i));
    claimed.cluster_name = i == 1 ? "x" : "y";
    claimed.cluster_alias = "alias";
    must_apply(*state, ClaimRecovery{claimed, at(0)});
  }
  end(*state, "u1", true, at(500));
  end(*state, "u2", false, at(600));
  must_apply(*state, AcknowledgeRecoveries{.scope = AckScope::uid, .uid = "u1"});
  using Ids = std::vector<std::uint64_t>;
  CHECK(ids(state->recoveries({})) == Ids{3, 2, 1});
  CHECK(ids(state->recoveries({.page = {.skipped = 1, .size = 1}})) == Ids{2});
  CHECK(ids(state->recoveries({.cluster_name = "y"})) == Ids{3, 2});
  CHECK(ids(state->recoveries({.cluster_id = "c1"})) == Ids{1});
  CHECK(ids(state->recoveries({.cluster_alias = "alias", .notice = RecoveryNotice::unacknowledged})) == Ids{3, 2});
  CHECK(ids(state->recoveries({.stage = RecoveryStage::running})) == Ids{3});
  CHECK(ids(state->recoveries({.successor = b, .ended_since = at(550), .stage = RecoveryStage::ended})) == Ids{2});
}

TEST_CASE("Of old recoveries nothing is left, of running ones everything") {
  const auto state = empty_state();
  must_apply(*state, ClaimRecovery{recovery("u1", "c1"), at(0)});
  must_apply(*state, ClaimRecovery{recovery("u2", "c2"), at(0)});
  must_apply(*state, {RecordRecoveryStep{{.recovery_uid = "u1"}}, RecordRecoveryStep{{.recovery_uid = "u2"}}});
  end(*state, "u1", true, at(500));
  CHECK(must_apply(*state, Expire{.history_before = at(500)}).count == 0);
  CHECK(must_apply(*state, Expire{.history_before = at(9999)}).count == 2);
  CHECK(ids(state->recoveries({})) == std::vector<std::uint64_t>{2});
  CHECK(state->steps("u1").value().empty());
  CHECK(state->steps("u2").value().size() == 1);
}

TEST_CASE("The global switch says whether it changed") {
  const auto state = empty_state();
  CHECK_FALSE(state->recoveries_disabled().value());
  CHECK(must_apply(*state, SwitchRecoveries{false}).outcome == Outcome::unchanged);
  CHECK(must_apply(*state, SwitchRecoveries{true}).outcome == Outcome::done);
  CHECK(state->recoveries_disabled().value());
  CHECK(must_apply(*state, SwitchRecoveries{true}).outcome == Outcome::unchanged);
  CHECK(must_apply(*state, SwitchRecoveries{false}).outcome == Outcome::done);
  CHECK_FALSE(state->recoveries_disabled().value());
}

}  // namespace orchestrator::state
