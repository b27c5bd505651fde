// Tests of probing real topologies: who is who, who replicates from whom, and in how many round trips.
#include <set>
#include <vector>

#include "probe_fixture.hpp"

using namespace std::chrono_literals;
using sandbox::chain;
using sandbox::star;
using test::is_mysql;
using test::key_of;
using test::of_flavour;
using test::Probing;
using topology::Instance;
using topology::InstanceKey;
using topology::ThreadState;

namespace {

using Keys = std::vector<InstanceKey>;

Keys sorted(Keys keys) {
  std::ranges::sort(keys);
  return keys;
}

bool replicates(const Instance& instance) {
  return !instance.channels.empty() &&
         std::ranges::all_of(instance.channels, [](const auto& channel) { return channel.is_replicating(); });
}

}  // namespace

TEST_CASE("a master and its replicas are measured completely") {
  sandbox::Topology topology(of_flavour(star(3)));
  topology.master().execute("CREATE DATABASE app");
  REQUIRE(topology.wait_caught_up(topology.master(), 20s));

  Probing probing(topology.master());
  const auto outcome = probing.probe();
  INFO(test::describe(outcome));
  REQUIRE(outcome.instance);
  CHECK(outcome.warnings.empty());  // the documented grants are enough
  CHECK(outcome.reached);
  const auto& master = **outcome.instance;
  CHECK(master.key == key_of(topology.master()));
  CHECK(master.version.is_mariadb() != is_mysql);
  CHECK(master.version.number.major >= 9);
  CHECK(master.server_id == topology.master().server_id());
  CHECK(master.server_uuid.size() == 36);
  CHECK(master.report_host == topology.master().host());
  CHECK(master.report_port == topology.master().port());
  CHECK_FALSE(master.is_replica());
  CHECK_FALSE(master.read_only);
  CHECK(master.log_bin);
  CHECK(master.log_replica_updates);
  CHECK_FALSE(master.binlog_format.empty());
  CHECK(master.binlog_row_image == "FULL");
  CHECK_FALSE(master.self_coordinates.empty());
  CHECK_FALSE(master.executed_gtid_set.empty());
  CHECK(master.supports_mysql_gtid() == is_mysql);
  CHECK(master.replicas == sorted({key_of(topology[1]), key_of(topology[2])}));

  std::set<std::string> uuids{master.server_uuid};
  for (std::size_t i = 1; i < 3; ++i) {
    // Parallel appliers move the position a little after the transaction.
    const auto replica = Probing(topology[i]).instance_when([&](const Instance& instance) {
      return instance.is_replica() && instance.channels[0].exec_coordinates == master.self_coordinates;
    });
    CHECK(replica->master_key() == master.key);
    CHECK(replica->read_only);
    CHECK(replica->replicas.empty());
    REQUIRE(replica->channels.size() == 1);
    const auto& channel = replica->channels[0];
    CHECK(channel.is_replicating());
    CHECK(channel.user == sandbox::replication_account().name);
    CHECK(channel.source_server_id == master.server_id);
    CHECK(channel.auto_position == is_mysql);
    CHECK(channel.uses_mariadb_gtid() == !is_mysql);
    CHECK(replica->lag == 0s);
    CHECK(replica->has_replication_credentials);
    CHECK(replica->replication_credentials_available == is_mysql);
    CHECK(replica->executed_gtid_set == master.executed_gtid_set);
    uuids.insert(replica->server_uuid);
  }
  CHECK(uuids.size() == 3);
}

TEST_CASE("a held connection needs one round trip for a probe") {
  sandbox::Topology topology(of_flavour(star(2)));
  Probing probing(topology.master());
  const auto first = probing.probe();
  REQUIRE(first.instance);
  CHECK(first.round_trips == 2);
  for (int i = 0; i < 5; ++i) {
    const auto next = probing.probe();
    REQUIRE(next.instance);
    CHECK(next.round_trips == 1);
    CHECK((*next.instance)->replicas == (*first.instance)->replicas);
  }
  CHECK(probing.prober().is_connected());
}

TEST_CASE("two names of one server have one identity") {
  sandbox::Topology topology(of_flavour(star(1)));
  const auto by_address = Probing(topology.master()).instance();
  const auto by_name = Probing({"localhost", topology.master().port()}, test::settings_for()).instance();
  CHECK(by_name->key.hostname == "localhost");
  CHECK(by_name->server_uuid == by_address->server_uuid);
}

TEST_CASE("two servers of one machine with one server id have different identities") {
  sandbox::Topology first(of_flavour(star(1)));
  auto layout = of_flavour(star(1));
  layout.settings = {"server-id=" + std::to_string(first.master().server_id())};
  sandbox::Topology second(layout);
  const auto one = Probing(first.master()).instance();
  const auto two = Probing(second.master()).instance();
  CHECK(one->server_id == two->server_id);
  CHECK(one->hostname == two->hostname);
  CHECK(one->server_uuid != two->server_uuid);
}

TEST_CASE("the middle of a chain is replica and master at once, also across hosts") {
  sandbox::Topology topology(of_flavour(sandbox::on_different_hosts(chain(3))));
  const auto middle =
      Probing(topology[1]).instance_when([](const Instance& instance) { return !instance.replicas.empty(); });
  CHECK(middle->master_key() == key_of(topology[0]));
  CHECK(middle->replicas == Keys{key_of(topology[2])});
  CHECK(topology[2].host() == "127.0.0.3");
  CHECK(Probing(topology[2]).instance()->master_key() == key_of(topology[1]));
}

TEST_CASE("co-masters name each other") {
  sandbox::Topology topology(of_flavour(sandbox::co_masters(2)));
  const auto one = Probing(topology[0]).instance_when(replicates);
  const auto two = Probing(topology[1]).instance_when(replicates);
  CHECK(one->master_key() == two->key);
  CHECK(two->master_key() == one->key);
  CHECK(one->replicas == Keys{two->key});
  CHECK(two->replicas == Keys{one->key});
  CHECK_FALSE(one->read_only);
  CHECK(two->read_only);
}

TEST_CASE("a multi-source replica shows every channel") {
  sandbox::Topology topology(of_flavour(sandbox::multi_source(2)));
  const auto replica = Probing(topology[2]).instance_when(replicates);
  REQUIRE(replica->channels.size() == 2);
  std::set<InstanceKey> sources;
  for (const auto& channel : replica->channels) {
    CHECK_FALSE(channel.name.empty());
    sources.insert(channel.source);
  }
  CHECK(sources == std::set<InstanceKey>{key_of(topology[0]), key_of(topology[1])});
  CHECK(replica->is_replica());
}

TEST_CASE("a delayed replica shows its delay") {
  auto layout = of_flavour(star(2));
  layout.nodes[1].upstreams[0].delay = 3600s;
  sandbox::Topology topology(layout);
  const auto replica = Probing(topology[1]).instance_when(replicates);
  REQUIRE(replica->channels.size() == 1);
  CHECK(replica->channels[0].sql_delay == 3600s);
}

TEST_CASE("semi-synchronous replication is measured on both sides") {
  auto layout = of_flavour(star(2));
  layout.semi_sync = sandbox::SemiSync::on;
  sandbox::Topology topology(layout);
  const auto master = Probing(topology[0]).instance_when([](const Instance& instance) {
    return instance.semi_sync.master_clients == 1;
  });
  CHECK(master->semi_sync.available);
  CHECK(master->semi_sync.master_enabled);
  CHECK(master->semi_sync.master_status);
  CHECK(master->semi_sync.master_wait_for_replica_count == 1);
  CHECK_FALSE(master->semi_sync.wait_point.empty());
  CHECK(master->semi_sync.master_timeout.count() > 0);
  CHECK(master->semi_sync.master_plugin_new_words == is_mysql);
  const auto replica = Probing(topology[1]).instance();
  CHECK(replica->semi_sync.replica_enabled);
  CHECK(replica->semi_sync.replica_status);
}

TEST_CASE("asking for a MaxScale costs a real server one round trip when connecting and no warning") {
  sandbox::Topology topology(of_flavour(star(1)));
  Probing plain(topology.master());
  const auto expected = plain.probe();
  auto settings = test::settings_for();
  settings.maxscale_check = topology::mysql::MaxScaleCheck::ask;
  Probing asking(topology.master(), settings);
  const auto first = asking.probe();
  INFO(test::describe(first));
  REQUIRE(first.instance);
  CHECK(first.warnings.empty());
  CHECK(first.round_trips == expected.round_trips + 1);
  CHECK_FALSE((*first.instance)->version.is_binlog_server());
  const auto second = asking.probe();
  CHECK(second.instance);
  CHECK(second.warnings.empty());
  CHECK(second.round_trips == 1);
}

TEST_CASE("operators' queries and the host name give attributes") {
  sandbox::Topology topology(of_flavour(star(1)));
  topology.master().execute("CREATE DATABASE meta");
  topology.master().execute("CREATE TABLE meta.cluster (alias VARCHAR(40), rule VARCHAR(20))");
  topology.master().execute("INSERT INTO meta.cluster VALUES ('north', 'prefer')");
  auto settings = test::settings_for();
  settings.queries.cluster_alias = "SELECT alias FROM meta.cluster";
  settings.queries.promotion_rule = "SELECT rule FROM meta.cluster;";
  settings.queries.data_center = "SELECT 'a;b' -- a comment";
  settings.queries.lag = "SELECT 1.5";
  settings.attributes_of_host.region = [](std::string_view hostname) {
    return std::string(hostname.substr(0, hostname.find('.')));
  };
  Probing probing(topology.master(), settings);
  const auto outcome = probing.probe();
  INFO(test::describe(outcome));
  REQUIRE(outcome.instance);
  const auto& instance = **outcome.instance;
  CHECK(instance.attributes.cluster_alias == "north");
  CHECK(instance.attributes.promotion_rule == topology::PromotionRule::prefer);
  CHECK(instance.attributes.data_center == "a;b");
  CHECK(instance.attributes.region == "127");
  CHECK(instance.lag == 1s);
  CHECK(outcome.warnings.empty());
  topology.master().execute("UPDATE meta.cluster SET alias = 'south'");
  CHECK(probing.instance()->attributes.cluster_alias == "south");
}
