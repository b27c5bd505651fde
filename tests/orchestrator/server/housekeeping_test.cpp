// What is forgotten when.
#include "server/housekeeping.hpp"

#include "catch.hpp"

using namespace orchestrator;
using namespace std::chrono_literals;

namespace {

const topology::SystemTime now = std::chrono::system_clock::from_time_t(1795498500);
const topology::InstanceKey key{"db1", 3306};

state::Time at(std::chrono::seconds after) {
  return std::chrono::time_point_cast<state::Time::duration>(now + after);
}

bool due(const api::Annotations& annotations) {
  return is_due(annotations, limits({}, now));
}

}  // namespace

TEST_CASE("the limits follow from the configuration") {
  Configuration configuration;
  configuration.general.audit_purge_age = std::chrono::days(3);
  configuration.maintenance.instance_pool_expiry = 5min;
  const auto expire = limits(configuration, now);
  CHECK(expire.now == at(0s));
  CHECK(expire.audit_before == at(-72h));
  CHECK(expire.history_before == at(-72h));
  CHECK(expire.pools_before == at(-5min));
  CHECK(expire.unresolves_before == at(-60min));
  // Those who register detections and claims say when these have had their time.
  CHECK(expire.detections_before == state::Time{});
  CHECK(expire.blocked_before == state::Time{});
}

TEST_CASE("nothing is proposed while nothing is due") {
  CHECK_FALSE(due({}));
  api::Annotations annotations;
  annotations.downtimes[key] = {.key = key, .ends_at = at(1s)};
  annotations.candidates[key] = {.key = key, .expires_at = at(1s)};
  annotations.maintenances[key] = {.key = key, .expires_at = at(1s), .active = true};
  annotations.unresolved_hostnames["db1"] = {"db1", "vip", at(-59min)};
  annotations.pools["web"][key] = at(-59min);
  annotations.tags[key]["a"] = "b";
  CHECK_FALSE(due(annotations));
}

TEST_CASE("each kind that has had its time is due") {
  api::Annotations downtimes;
  downtimes.downtimes[key] = {.key = key, .ends_at = at(0s)};
  CHECK(due(downtimes));
  api::Annotations candidates;
  candidates.candidates[key] = {.key = key, .expires_at = at(0s)};
  CHECK(due(candidates));
  api::Annotations maintenances;
  maintenances.maintenances[key] = {.key = key, .expires_at = at(0s), .active = true};
  CHECK(due(maintenances));
  api::Annotations names;
  names.unresolved_hostnames["db1"] = {"db1", "vip", at(-61min)};
  CHECK(due(names));
  api::Annotations pools;
  pools.pools["web"][key] = at(-61min);
  CHECK(due(pools));
}
