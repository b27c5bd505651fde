// Tests of what the log says of probes.
#include "server/observation_log.hpp"

#include "catch.hpp"

using namespace orchestrator;
using topology::Instance;
using topology::Observation;

namespace {

Observation reachable(Instance instance) {
  Observation observation;
  observation.key = {"db1", 3306};
  instance.key = observation.key;
  instance.version = topology::parse_server_version("10.11.6-MariaDB", "Debian 12");
  observation.instance = std::make_shared<const Instance>(std::move(instance));
  observation.check.last_check_valid = true;
  return observation;
}

Observation unreachable(std::string error) {
  Observation observation;
  observation.key = {"db1", 3306};
  observation.check.error = std::move(error);
  return observation;
}

Instance replica_of(const std::string& master) {
  Instance instance;
  instance.channels.push_back({});
  instance.channels.back().source = {master, 3306};
  return instance;
}

std::vector<std::string> texts(const std::vector<LogLine>& lines) {
  std::vector<std::string> result;
  for (const auto& line : lines) {
    result.push_back(line.text);
  }
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the first success says what the server is and whom it replicates from") {
  CHECK(texts(lines_about(reachable(replica_of("db0")), nullptr)) ==
        Texts{"db1:3306 is reachable: MariaDB 10.11.6-MariaDB, replicates from db0:3306"});
}

TEST_CASE("a second success without a change says nothing") {
  const auto before = reachable({});
  CHECK(lines_about(reachable({}), &before).empty());
}

TEST_CASE("a failure is said once for each reason") {
  const auto first = unreachable("cannot connect");
  CHECK(texts(lines_about(first, nullptr)) == Texts{"db1:3306 cannot be probed: cannot connect"});
  CHECK(lines_about(unreachable("cannot connect"), &first).empty());
  CHECK(texts(lines_about(unreachable("access denied"), &first)) == Texts{"db1:3306 cannot be probed: access denied"});
}

TEST_CASE("a changed master and a changed read_only are said") {
  const auto before = reachable(replica_of("db0"));
  Instance promoted;
  promoted.read_only = false;
  CHECK(texts(lines_about(reachable(promoted), &before)) == Texts{"db1:3306 now replicates from nobody"});
  Instance fenced = replica_of("db0");
  fenced.read_only = true;
  CHECK(texts(lines_about(reachable(fenced), &before)) == Texts{"db1:3306 is now read-only"});
}

TEST_CASE("a warning of the probe is said when it is new") {
  auto now = reachable({});
  now.warnings.push_back({"semi-sync status", "access denied"});
  const auto before = now;
  CHECK(texts(lines_about(now, nullptr)).back() == "db1:3306: semi-sync status: access denied");
  CHECK(lines_about(now, &before).empty());
}
