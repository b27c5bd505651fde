// Commands go in, queries give them back, also after a restart.
#include "state/state.hpp"

#include "catch.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {
namespace {

InstanceRecord instance(std::string hostname, std::string cluster) {
  return {{std::move(hostname), 3306}, std::move(cluster), {"master", 3307}, "uuid-1", at(1234567), R"({"a": 1})"};
}

}  // namespace

TEST_CASE("Every kind of record comes back as it went in, ordered by key") {
  const auto state = empty_state();
  const auto a = instance("a", "c1");
  InstanceRecord b;  // without a master
  b.key = {"b", 65535};
  b.cluster_id = "c1";
  b.last_seen = at(-5);
  b.record = std::string("text with \0 and ü", 18);
  const ClusterRecord cluster{"c1", "a:3306", "alias", "domain"};
  const HostnameResolve resolve{"a", "a.example.com", at(7)};
  must_apply(*state, {RecordInstance{b}, RecordInstance{a}, RecordCluster{cluster}, RecordHostnameResolve{resolve},
                      PutKeyValue{{"k2", "v2"}}, PutKeyValue{{"k1", ""}}});
  CHECK(all<InstanceRecord>(*state) == std::vector{a, b});
  CHECK(all<ClusterRecord>(*state) == std::vector{cluster});
  CHECK(all<HostnameResolve>(*state) == std::vector{resolve});
  CHECK(all<KeyValue>(*state) == std::vector<KeyValue>{{"k1", ""}, {"k2", "v2"}});
  CHECK(state->value_of("k2").value() == "v2");
  CHECK(state->value_of("k1").value() == "");
  CHECK_FALSE(state->value_of("none").value().has_value());
}

TEST_CASE("Recording again replaces, and applying twice is applying once") {
  const auto state = empty_state();
  auto changed = instance("a", "c1");
  must_apply(*state, RecordInstance{changed});
  changed.record = "new";
  changed.last_seen = at(99);
  must_apply(*state,
             {RecordInstance{changed}, RecordInstance{changed}, PutKeyValue{{"k", "1"}}, PutKeyValue{{"k", "2"}}});
  CHECK(all<InstanceRecord>(*state) == std::vector{changed});
  CHECK(state->value_of("k").value() == "2");
}

TEST_CASE("Forgetting takes away what is named and nothing else") {
  const auto state = empty_state();
  must_apply(*state, {RecordInstance{instance("a", "c1")}, RecordInstance{instance("b", "c1")},
                      RecordInstance{instance("c", "c2")}, RecordCluster{{"c1", "a", "", ""}},
                      RecordCluster{{"c2", "c", "", ""}}, RecordHostnameResolve{{"old", "x", at(1)}},
                      RecordHostnameResolve{{"new", "x", at(2)}}, RecordHostnameResolve{{"gone", "x", at(9)}},
                      PutKeyValue{{"k", "v"}}});
  SECTION("an instance; its cluster stays while others are in it") {
    must_apply(*state, {ForgetInstance{{"a", 3306}}, ForgetInstance{{"b", 9999}}});
    CHECK(all<InstanceRecord>(*state) == std::vector{instance("b", "c1"), instance("c", "c2")});
    CHECK(all<ClusterRecord>(*state).size() == 2);
  }
  SECTION("the last instance, and its cluster with it") {
    must_apply(*state, ForgetInstance{{"c", 3306}});
    CHECK(all<ClusterRecord>(*state) == std::vector<ClusterRecord>{{"c1", "a", "", ""}});
  }
  SECTION("a cluster whose last instance moves to another one") {
    must_apply(*state, RecordInstance{instance("c", "c1")});
    CHECK(all<ClusterRecord>(*state) == std::vector<ClusterRecord>{{"c1", "a", "", ""}});
  }
  SECTION("a cluster with its instances") {
    must_apply(*state, {ForgetCluster{"c1"}, ForgetCluster{"none"}});
    CHECK(all<InstanceRecord>(*state) == std::vector{instance("c", "c2")});
    CHECK(all<ClusterRecord>(*state).size() == 1);
  }
  SECTION("resolved names, by name and by age") {
    must_apply(*state, {ForgetHostnameResolve{"gone"}, Expire{.resolves_before = at(2)}});
    CHECK(all<HostnameResolve>(*state) == std::vector<HostnameResolve>{{"new", "x", at(2)}});
  }
  SECTION("a value") {
    must_apply(*state, {DeleteKeyValue{"k"}, DeleteKeyValue{"none"}});
    CHECK(all<KeyValue>(*state).empty());
  }
}

TEST_CASE("A command that cannot be applied spoils all it came with, and nothing more") {
  const auto state = empty_state();
  const auto without_host = instance("", "c");
  auto without_port = instance("a", "c");
  without_port.key.port = 0;
  for (const auto& [bad, problem] : std::vector<std::pair<Command, std::string>>{
           {RecordInstance{without_host}, "RecordInstance: instance: hostname is missing"},
           {RecordInstance{without_port}, "RecordInstance: instance: port is missing"},
           {RecordInstance{instance("a ", "c")}, "RecordInstance: instance: hostname ends with a blank"},
           {RecordInstance{instance("a\n", "c")}, "RecordInstance: instance: hostname has control characters"},
           {RecordInstance{instance("a\xff", "c")}, "RecordInstance: instance: hostname is not UTF-8"},
           {RecordInstance{instance(std::string(256, 'a'), "c")},
            "RecordInstance: instance: hostname is longer than 255 bytes"},
           {RecordCluster{}, "RecordCluster: cluster is missing"},
           {ForgetCluster{}, "ForgetCluster: id is missing"},
           {RecordHostnameResolve{{"", "x", {}}}, "RecordHostnameResolve: hostname_resolve: hostname is missing"}}) {
    const auto answers = must_apply(*state, {PutKeyValue{{"k", "v"}}, bad});
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().outcome == Outcome::invalid);
    CHECK(answers.front().problem == problem);
    CHECK_FALSE(state->value_of("k").value().has_value());
  }
  CHECK(must_apply(*state, PutKeyValue{{"k", "v"}}).outcome == Outcome::done);
  CHECK(state->value_of("k").value() == "v");
}

}  // namespace orchestrator::state
