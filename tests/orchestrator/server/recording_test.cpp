// Tests of which observations are recorded.
#include "server/recording.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace orchestrator;
using namespace std::chrono_literals;
using topology::Instance;
using topology::Observation;

namespace {

const topology::SystemTime noon{std::chrono::hours(400'000)};

Instance replica() {
  Instance instance;
  instance.key = {"db2", 3306};
  instance.channels.push_back({});
  instance.channels.back().source = {"db1", 3306};
  instance.channels.back().io_thread = topology::ThreadState::running;
  return instance;
}

Observation seen(const Instance& instance, topology::SystemTime at = noon) {
  Observation observation;
  observation.key = instance.key;
  observation.instance = std::make_shared<const Instance>(instance);
  observation.check.last_check_valid = true;
  observation.check.last_seen = at;
  return observation;
}

RecordedObservation recorded(const Instance& instance) {
  return {std::make_shared<const Instance>(instance), {}, true, noon};
}

}  // namespace

TEST_CASE("the first measurement is recorded, an instance never measured is not") {
  CHECK(is_worth_recording(seen(replica()), {}));
  Observation never;
  never.key = {"db9", 3306};
  CHECK_FALSE(is_worth_recording(never, {}));
}

TEST_CASE("what moves all the time is not recorded") {
  using Change = std::function<void(Instance&)>;
  const std::vector<std::pair<std::string, Change>> changes{
      {"uptime", [](Instance& i) { i.uptime = 7s; }},
      {"own coordinates", [](Instance& i) { i.self_coordinates = {"bin.000002", 4}; }},
      {"executed GTIDs", [](Instance& i) { i.executed_gtid_set = "0-1-7"; }},
      {"lag", [](Instance& i) { i.lag = 3s; }},
      {"applied coordinates", [](Instance& i) { i.channels[0].exec_coordinates.position = 9; }},
  };
  for (const auto& [name, change] : changes) {
    INFO(name);
    auto instance = replica();
    change(instance);
    CHECK_FALSE(is_worth_recording(seen(instance), recorded(replica())));
  }
}

TEST_CASE("what changes the picture is recorded") {
  using Change = std::function<void(Instance&)>;
  const std::vector<std::pair<std::string, Change>> changes{
      {"master", [](Instance& i) { i.channels[0].source.hostname = "db3"; }},
      {"second channel", [](Instance& i) { i.channels.push_back({}); }},
      {"no channel", [](Instance& i) { i.channels.clear(); }},
      {"IO thread", [](Instance& i) { i.channels[0].io_thread = topology::ThreadState::stopped; }},
      {"SQL error", [](Instance& i) { i.channels[0].last_sql_errno = 1062; }},
      {"read_only", [](Instance& i) { i.read_only = true; }},
      {"version", [](Instance& i) { i.version.text = "11.4.2-MariaDB"; }},
      {"replicas", [](Instance& i) { i.replicas.push_back({"db4", 3306}); }},
      {"semi-sync", [](Instance& i) { i.semi_sync.master_enabled = true; }},
      {"alias", [](Instance& i) { i.attributes.cluster_alias = "shop"; }},
  };
  for (const auto& [name, change] : changes) {
    INFO(name);
    auto instance = replica();
    change(instance);
    CHECK(is_worth_recording(seen(instance), recorded(replica())));
  }
}

TEST_CASE("a part of the probe that fails, or works again, is recorded, but not each new text of it") {
  auto warned = seen(replica());
  warned.warnings = {{"replicas", "denied"}};
  CHECK(is_worth_recording(warned, recorded(replica())));
  auto before = recorded(replica());
  before.warnings = {{"replicas", "denied before"}};
  CHECK_FALSE(is_worth_recording(warned, before));
  CHECK(is_worth_recording(seen(replica()), before));
}

TEST_CASE("becoming unreachable and reachable again are recorded") {
  auto lost = seen(replica());
  lost.check.last_check_valid = false;
  CHECK(is_worth_recording(lost, recorded(replica())));
  CHECK_FALSE(is_worth_recording(lost, {lost.instance, {}, false, noon}));
  CHECK(is_worth_recording(seen(replica()), {lost.instance, {}, false, noon}));
}

TEST_CASE("a record is renewed when it is old, but not that of a dead instance") {
  CHECK_FALSE(is_worth_recording(seen(replica(), noon + 9min), recorded(replica())));
  CHECK(is_worth_recording(seen(replica(), noon + 10min), recorded(replica())));
  auto lost = seen(replica(), noon);
  lost.check.last_check_valid = false;
  CHECK_FALSE(is_worth_recording(lost, {lost.instance, {}, false, noon - 1h}));
}
