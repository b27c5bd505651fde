// Tests that an observation read back is the one that was stored, whatever a probe may have measured.
#include "server/stored_observation.hpp"

#include <limits>
#include <random>

#include "catch.hpp"

using namespace topology;
using orchestrator::from_stored;
using orchestrator::to_stored;

namespace {

// Random values from a seed that a failure prints. Each field is set by hand, so that one that is not stored shows.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  template <class Number = std::int64_t>
  Number number(Number from = std::numeric_limits<Number>::min(), Number to = std::numeric_limits<Number>::max()) {
    return std::uniform_int_distribution<Number>(from, to)(engine_);
  }
  bool coin() { return number(0, 1) == 1; }
  std::string text() {
    static const std::vector<std::string> texts{
        "x", "a<b>&c", "\"quoted\\\"", "line\nbreak", "‡", "caf\xe9 in Latin-1", std::string("zero\0byte", 9), ""};
    return texts[number<std::size_t>(0, texts.size() - 1)] + std::to_string(number(1, 1000));
  }
  InstanceKey key() { return {text(), number<std::uint16_t>()}; }
  std::vector<InstanceKey> keys() {
    std::vector<InstanceKey> keys;
    for (auto count = number(0, 3); count > 0; --count) {
      keys.push_back(key());
    }
    return keys;
  }
  BinlogCoordinates coordinates() {
    return {text(), number<std::uint64_t>(), coin() ? LogType::relay : LogType::binary};
  }
  template <class Duration>
  Duration duration() {
    return Duration(number<typename Duration::rep>());
  }
  template <class Make>
  auto maybe(Make make) {
    return coin() ? std::optional(make()) : std::nullopt;
  }

 private:
  std::mt19937_64 engine_;
};

ServerVersion random_version(Random& random) {
  ServerVersion version;
  version.flavour = static_cast<Flavour>(random.number(0, 3));
  version.number = {random.number<std::uint16_t>(), random.number<std::uint16_t>(), random.number<std::uint16_t>()};
  version.text = random.text();
  version.comment = random.text();
  return version;
}

ReplicationTls random_tls(Random& random) {
  ReplicationTls tls;
  tls.allowed = random.coin();
  for (auto* text : {&tls.ca_file, &tls.ca_path, &tls.certificate, &tls.cipher, &tls.crl_file, &tls.crl_path, &tls.key,
                     &tls.tls_version, &tls.ciphersuites, &tls.source_public_key_path}) {
    *text = random.text();
  }
  tls.verify_server_certificate = random.maybe([&] { return random.coin(); });
  tls.get_source_public_key = random.maybe([&] { return random.coin(); });
  return tls;
}

ReplicationChannel random_channel(Random& random) {
  ReplicationChannel channel;
  for (auto* text : {&channel.name, &channel.source_uuid, &channel.user, &channel.last_io_error,
                     &channel.last_sql_error, &channel.mariadb_using_gtid, &channel.retrieved_gtid_set}) {
    *text = random.text();
  }
  channel.source = random.key();
  channel.io_thread = static_cast<ThreadState>(random.number(-1, 2));
  channel.sql_thread = static_cast<ThreadState>(random.number(-1, 2));
  for (auto* number : {&channel.source_server_id, &channel.last_io_errno, &channel.last_sql_errno}) {
    *number = random.number<std::uint32_t>();
  }
  for (auto* place : {&channel.read_coordinates, &channel.exec_coordinates, &channel.relay_coordinates}) {
    *place = random.coordinates();
  }
  channel.behind_source = random.maybe([&] { return random.duration<std::chrono::seconds>(); });
  channel.sql_delay = random.duration<std::chrono::seconds>();
  channel.auto_position = random.coin();
  channel.has_filters = random.coin();
  channel.tls = random_tls(random);
  return channel;
}

SemiSync random_semi_sync(Random& random) {
  SemiSync semi_sync;
  for (auto* flag :
       {&semi_sync.available, &semi_sync.master_plugin_new_words, &semi_sync.replica_plugin_new_words,
        &semi_sync.master_enabled, &semi_sync.replica_enabled, &semi_sync.master_status, &semi_sync.replica_status}) {
    *flag = random.coin();
  }
  semi_sync.master_timeout = random.duration<std::chrono::milliseconds>();
  semi_sync.master_wait_for_replica_count = random.number<std::uint32_t>();
  semi_sync.wait_point = random.text();
  semi_sync.master_clients = random.number<std::uint32_t>();
  semi_sync.master_no_transactions = random.number<std::uint64_t>();
  semi_sync.priority = random.number<std::uint32_t>();
  return semi_sync;
}

InstanceAttributes random_attributes(Random& random) {
  InstanceAttributes attributes;
  for (auto* text : {&attributes.instance_alias, &attributes.cluster_alias, &attributes.cluster_domain,
                     &attributes.data_center, &attributes.region, &attributes.physical_environment}) {
    *text = random.text();
  }
  attributes.promotion_rule = random.maybe([&] { return static_cast<PromotionRule>(random.number(0, 4)); });
  attributes.has_pseudo_gtid = random.coin();
  return attributes;
}

Instance random_instance(Random& random) {
  Instance instance;
  for (auto* text : {&instance.server_uuid, &instance.hostname, &instance.report_host, &instance.binlog_format,
                     &instance.binlog_row_image, &instance.gtid_mode, &instance.executed_gtid_set,
                     &instance.purged_gtid_set, &instance.gtid_binlog_state}) {
    *text = random.text();
  }
  for (auto* flag : {&instance.read_only, &instance.super_read_only, &instance.log_bin, &instance.log_replica_updates,
                     &instance.replication_credentials_available, &instance.has_replication_credentials}) {
    *flag = random.coin();
  }
  instance.key = random.key();
  instance.version = random_version(random);
  instance.server_id = random.number<std::uint32_t>();
  instance.report_port = random.number<std::uint16_t>();
  instance.uptime = random.duration<std::chrono::seconds>();
  instance.self_coordinates = random.coordinates();
  for (auto count = random.number(0, 3); count > 0; --count) {
    instance.channels.push_back(random_channel(random));
  }
  instance.replicas = random.keys();
  instance.lag = random.maybe([&] { return random.duration<std::chrono::seconds>(); });
  instance.semi_sync = random_semi_sync(random);
  instance.group = {random.text(), random.coin(), random.text(), random.text(), random.keys(), random.key()};
  instance.attributes = random_attributes(random);
  return instance;
}

}  // namespace

TEST_CASE("an observation that was read back is the one that was stored") {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Observation observation;
    const auto instance = random_instance(random);
    observation.instance = std::make_shared<const Instance>(instance);
    for (auto count = random.number(0, 2); count > 0; --count) {
      observation.warnings.push_back({random.text(), random.text()});
    }
    const auto stored = from_stored(to_stored(observation));
    REQUIRE(stored);
    REQUIRE(stored->instance);
    REQUIRE((*stored->instance == instance));
    REQUIRE((stored->warnings == observation.warnings));
  }
}

TEST_CASE("an instance that was never measured is stored as that") {
  const auto stored = from_stored(to_stored({}));
  REQUIRE(stored);
  CHECK_FALSE(stored->instance);
  CHECK(stored->warnings.empty());
}

TEST_CASE("fields that are missing have their defaults, and unknown ones are left out") {
  const auto stored = from_stored(R"({"instance": {"server_id": 7, "new": [1], "channels": [{}]}, "warnings": []})");
  REQUIRE(stored);
  Instance expected;
  expected.server_id = 7;
  expected.channels.emplace_back();
  CHECK((*stored->instance == expected));
}

TEST_CASE("text in another form is refused, with the field that is wrong") {
  const auto refusal = [](std::string_view text) {
    const auto stored = from_stored(text);
    return stored ? "" : stored.error().message();
  };
  CHECK(refusal("").find("not in the form") != std::string::npos);
  CHECK(refusal("[]").find("not in the form") != std::string::npos);
  CHECK(refusal(R"({"Key": {"Hostname": "db1"}})").find("not in the form") != std::string::npos);
  CHECK(refusal(R"({"instance": {"server_id": -1}, "warnings": []})").find("'server_id'") != std::string::npos);
  CHECK(refusal(R"({"instance": {"report_port": 65536}, "warnings": []})").find("'report_port'") != std::string::npos);
  CHECK(refusal(R"({"instance": {"channels": [{"io_thread": 3}]}, "warnings": []})").find("'io_thread'") !=
        std::string::npos);
  CHECK(refusal(R"({"instance": {"lag": "1"}, "warnings": []})").find("'lag'") != std::string::npos);
  CHECK(refusal(R"({"warnings": [{"part": null}]})").find("'part'") != std::string::npos);
}
