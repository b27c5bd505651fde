// Encoding, decoding and encoding again gives the same text, for whatever a probe may have measured.
#include <random>

#include "api/instance_json.hpp"
#include "catch.hpp"
#include "sample_fleet.hpp"

using namespace orchestrator::api;
using namespace topology;

namespace {

// Random values from a seed that a failure prints.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int64_t number(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(engine_);
  }
  bool coin() { return number(0, 1) == 1; }
  std::string text() {
    static const std::vector<std::string> texts{"", "x", "ROW", "a<b>&c", "\"quoted\\\"", "line\nbreak", "‡", "dc-1"};
    return texts[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(texts.size()) - 1))];
  }
  std::string host() { return "db" + std::to_string(number(1, 6)); }
  BinlogCoordinates coordinates(LogType type) {
    return {coin() ? "log.00000" + std::to_string(number(1, 9)) : "", static_cast<std::uint64_t>(number(0, 1 << 30)),
            type};
  }
  std::optional<std::chrono::seconds> maybe_seconds() {
    return coin() ? std::optional(std::chrono::seconds(number(0, 100))) : std::nullopt;
  }
  ThreadState thread() { return static_cast<ThreadState>(number(-1, 2)); }

 private:
  std::mt19937 engine_;
};

ReplicationTls random_tls(Random& random) {
  ReplicationTls tls;
  tls.allowed = random.coin();
  tls.ca_file = random.text();
  tls.certificate = random.text();
  tls.key = random.text();
  tls.tls_version = random.text();
  tls.verify_server_certificate = random.coin() ? std::optional(random.coin()) : std::nullopt;
  tls.get_source_public_key = random.coin() ? std::optional(random.coin()) : std::nullopt;
  return tls;
}

ReplicationChannel random_channel(Random& random) {
  ReplicationChannel channel;
  channel.source = {(random.number(0, 9) == 0 ? "//" : "") + random.host(), 3306};
  channel.source_uuid = random.text();
  channel.io_thread = random.thread();
  channel.sql_thread = random.thread();
  channel.read_coordinates = random.coordinates(LogType::binary);
  channel.exec_coordinates = random.coordinates(LogType::binary);
  channel.relay_coordinates = random.coordinates(LogType::relay);
  channel.last_io_error = random.text();
  channel.last_sql_error = random.text();
  channel.behind_source = random.maybe_seconds();
  channel.sql_delay = std::chrono::seconds(random.number(0, 3600));
  channel.auto_position = random.coin();
  channel.mariadb_using_gtid = random.coin() ? "Current_Pos" : random.coin() ? "No" : "";
  channel.has_filters = random.coin();
  channel.tls = random_tls(random);
  return channel;
}

Instance random_instance(Random& random, const std::string& host, std::uint32_t server_id) {
  auto instance = sample::instance(host, server_id);
  static const std::vector<std::pair<std::string, std::string>> versions{{"8.0.36", "MySQL Community Server - GPL"},
                                                                         {"10.11.6-MariaDB-log", "Debian 12"},
                                                                         {"5.7.44-48", "Percona Server"}};
  const auto& [version, comment] = versions[static_cast<std::size_t>(random.number(0, 2))];
  instance.version = parse_server_version(version, comment);
  instance.uptime = std::chrono::seconds(random.number(0, 1'000'000));
  instance.read_only = random.coin();
  instance.log_bin = random.coin();
  instance.log_replica_updates = random.coin();
  instance.binlog_format = random.text();
  instance.self_coordinates = random.coordinates(LogType::binary);
  instance.gtid_mode = random.coin() ? "ON" : random.coin() ? "OFF" : "ON_PERMISSIVE";
  instance.lag = random.maybe_seconds();
  instance.replication_credentials_available = random.coin();
  instance.has_replication_credentials = random.coin();
  instance.semi_sync.available = random.coin();
  instance.semi_sync.master_enabled = random.coin();
  instance.semi_sync.replica_plugin_new_words = random.coin();
  instance.semi_sync.master_timeout = std::chrono::milliseconds(random.number(0, 1LL << 50));
  instance.semi_sync.master_clients = static_cast<std::uint32_t>(random.number(0, 9));
  instance.semi_sync.priority = static_cast<std::uint32_t>(random.number(0, 9));
  instance.attributes.instance_alias = random.text();
  instance.attributes.data_center = random.text();
  instance.attributes.cluster_alias = random.coin() ? "alias" + host : "";
  instance.attributes.has_pseudo_gtid = random.coin();
  if (random.coin()) {
    instance.attributes.promotion_rule = static_cast<PromotionRule>(random.number(0, 4));
  }
  for (auto channels = random.number(0, 3); channels > 0; --channels) {
    instance.channels.push_back(random_channel(random));
    instance.channels.back().name = channels == 1 ? "" : "channel" + std::to_string(channels);
  }
  return instance;
}

std::shared_ptr<const Observation> random_observation(Random& random, const std::string& host, std::uint32_t id) {
  auto observation = std::make_shared<Observation>();
  observation->key = {host, 3306};
  if (random.number(0, 9) > 0) {
    observation->instance = std::make_shared<const Instance>(random_instance(random, host, id));
    observation->check.last_seen = sample::now - std::chrono::seconds(random.number(0, 20));
    // The form tells no time of a server that was never seen.
    observation->check.last_checked = sample::now - std::chrono::seconds(random.number(0, 20));
  }
  observation->check.last_check_valid = observation->instance && random.coin();
  observation->check.latency = std::chrono::nanoseconds(random.number(0, 1'000'000'000));
  return observation;
}

std::vector<NodeIndex> all(const Topology& topology) {
  std::vector<NodeIndex> indexes;
  for (NodeIndex index = 0; index < topology.nodes().size(); ++index) {
    indexes.push_back(index);
  }
  return indexes;
}

}  // namespace

TEST_CASE("a fleet that was read back is written as it was") {
  const InstanceView view{sample::now, {}};
  for (unsigned seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<std::shared_ptr<const Observation>> observations;
    const auto size = random.number(1, 6);
    for (std::uint32_t id = 1; id <= size; ++id) {
      observations.push_back(random_observation(random, "db" + std::to_string(id), id));
    }
    const auto before = sample::topology_of(observations);
    const auto text = instances_json(*before, all(*before), view);
    const auto decoded = decode_instances(text, view.policy);
    REQUIRE(decoded);
    std::vector<std::shared_ptr<const Observation>> again;
    for (const auto& instance : *decoded) {
      again.push_back(std::make_shared<const Observation>(instance.observation));
    }
    const auto after = sample::topology_of(again);
    REQUIRE(instances_json(*after, all(*after), view) == text);
  }
}

TEST_CASE("an observation alone is read back as it was, without what follows from the topology") {
  const InstanceView view{sample::now, {}};
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto observation = random_observation(random, "db1", 1);
    const auto text = observation_json(*observation, view);
    const auto decoded = decode_instance(text, view.policy);
    REQUIRE(decoded);
    REQUIRE(observation_json(decoded->observation, view) == text);
  }
}
