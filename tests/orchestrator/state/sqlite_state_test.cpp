// Commands go in, queries give them back, also after a restart.
#include "state/sqlite_state.hpp"

#include "catch.hpp"
#include "configuration/temporary_directory.hpp"

namespace orchestrator::state {
namespace {

Time at(std::int64_t microseconds) {
  return Time{std::chrono::microseconds{microseconds}};
}

InstanceRecord instance(std::string hostname, std::string cluster) {
  return {{std::move(hostname), 3306}, std::move(cluster), {"master", 3307}, "uuid-1", at(1234567), R"({"a": 1})"};
}

std::unique_ptr<SqliteState> open(const std::string& file) {
  auto state = SqliteState::open({.file = file});
  if (!state) FAIL(state.error().message());
  return std::move(*state);
}

void must_apply(State& state, const std::vector<Command>& commands) {
  const auto applied = state.apply(commands);
  if (!applied) FAIL(applied.error().message());
}

}  // namespace

TEST_CASE("Every kind of record comes back as it went in, ordered by key") {
  const auto state = open(":memory:");
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
  CHECK(state->instances().value() == std::vector{a, b});
  CHECK(state->clusters().value() == std::vector{cluster});
  CHECK(state->hostname_resolves().value() == std::vector{resolve});
  CHECK(state->key_values().value() == std::vector<KeyValue>{{"k1", ""}, {"k2", "v2"}});
  CHECK(state->value_of("k2").value() == "v2");
  CHECK(state->value_of("k1").value() == "");
  CHECK_FALSE(state->value_of("none").value().has_value());
}

TEST_CASE("Recording again replaces, and applying twice is applying once") {
  const auto state = open(":memory:");
  auto changed = instance("a", "c1");
  must_apply(*state, {RecordInstance{changed}});
  changed.record = "new";
  changed.last_seen = at(99);
  must_apply(*state,
             {RecordInstance{changed}, RecordInstance{changed}, PutKeyValue{{"k", "1"}}, PutKeyValue{{"k", "2"}}});
  CHECK(state->instances().value() == std::vector{changed});
  CHECK(state->value_of("k").value() == "2");
}

TEST_CASE("Forgetting takes away what is named and nothing else") {
  const auto state = open(":memory:");
  must_apply(*state, {RecordInstance{instance("a", "c1")}, RecordInstance{instance("b", "c1")},
                      RecordInstance{instance("c", "c2")}, RecordCluster{{"c1", "a", "", ""}},
                      RecordCluster{{"c2", "c", "", ""}}, RecordHostnameResolve{{"old", "x", at(1)}},
                      RecordHostnameResolve{{"new", "x", at(2)}}, RecordHostnameResolve{{"gone", "x", at(9)}},
                      PutKeyValue{{"k", "v"}}});
  SECTION("an instance; its cluster stays while others are in it") {
    must_apply(*state, {ForgetInstance{{"a", 3306}}, ForgetInstance{{"b", 9999}}});
    CHECK(state->instances().value() == std::vector{instance("b", "c1"), instance("c", "c2")});
    CHECK(state->clusters().value().size() == 2);
  }
  SECTION("the last instance, and its cluster with it") {
    must_apply(*state, {ForgetInstance{{"c", 3306}}});
    CHECK(state->clusters().value() == std::vector<ClusterRecord>{{"c1", "a", "", ""}});
  }
  SECTION("a cluster whose last instance moves to another one") {
    must_apply(*state, {RecordInstance{instance("c", "c1")}});
    CHECK(state->clusters().value() == std::vector<ClusterRecord>{{"c1", "a", "", ""}});
  }
  SECTION("a cluster with its instances") {
    must_apply(*state, {ForgetCluster{"c1"}, ForgetCluster{"none"}});
    CHECK(state->instances().value() == std::vector{instance("c", "c2")});
    CHECK(state->clusters().value().size() == 1);
  }
  SECTION("resolved names, by name and by age") {
    must_apply(*state, {ForgetHostnameResolve{"gone"}, ForgetHostnameResolvesBefore{at(2)}});
    CHECK(state->hostname_resolves().value() == std::vector<HostnameResolve>{{"new", "x", at(2)}});
  }
  SECTION("a value") {
    must_apply(*state, {DeleteKeyValue{"k"}, DeleteKeyValue{"none"}});
    CHECK(state->key_values().value().empty());
  }
}

TEST_CASE("A command that cannot be applied spoils all it came with, and nothing more") {
  const auto state = open(":memory:");
  const auto without_host = instance("", "c");
  auto without_port = instance("a", "c");
  without_port.key.port = 0;
  for (const Command& bad : std::vector<Command>{RecordInstance{without_host}, RecordInstance{without_port},
                                                 RecordCluster{}, RecordHostnameResolve{}}) {
    const std::vector<Command> commands = {PutKeyValue{{"k", "v"}}, bad};
    const auto applied = state->apply(commands);
    REQUIRE_FALSE(applied.has_value());
    CHECK(applied.error().code == Errc::invalid_argument);
    CHECK_FALSE(is_retryable(applied.error().code));
    CHECK_FALSE(state->value_of("k").value().has_value());
  }
  CHECK(state->apply(PutKeyValue{{"k", "v"}}).has_value());
  CHECK(state->value_of("k").value() == "v");
}

TEST_CASE("The file is private, survives a restart, and is read by others while it is open") {
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "state.sqlite3").string();
  {
    const auto state = open(file);
    must_apply(*state, {RecordInstance{instance("a", "c1")}});
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      CAPTURE(entry.path().string());
      CHECK((entry.status().permissions() & std::filesystem::perms::all) ==
            (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    }
  }
  const auto state = open(file);
  CHECK(state->instances().value() == std::vector{instance("a", "c1")});
}

}  // namespace orchestrator::state
