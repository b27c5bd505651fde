// Discovery of real MariaDB topologies.
#include "topology/discovery.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <set>

#include "catch.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/topology.hpp"

using namespace std::chrono_literals;
using namespace topology;
using ObservationResult = Result<std::shared_ptr<const Observation>>;

namespace {

sandbox::Layout of_mariadb(sandbox::Layout layout) {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  layout.flavour = sandbox::Flavour::mariadb;
  return layout;
}

InstanceKey key_of(const sandbox::Server& server) {
  return {server.host(), server.port()};
}

std::shared_ptr<const mysql::ProbeSettings> settings() {
  auto result = std::make_shared<mysql::ProbeSettings>();
  result->credentials = {sandbox::topology_account().name, sandbox::topology_account().password};
  return result;
}

DiscoveryPolicy quick() {
  DiscoveryPolicy policy;
  policy.poll_interval = 100ms;
  policy.probe_deadline = 2s;
  policy.dead_poll_max = 500ms;
  return policy;
}

// A discovery on an event loop that runs as long as a test waits.
struct Loop {
  explicit Loop(DiscoveryPolicy policy = quick(), DiscoveryEvents events = {})
      : discovery(context.get_executor(), std::move(policy), settings(), std::move(events)) {}
  ~Loop() {
    discovery.stop();
    context.run_for(2s);
  }

  template <class Condition>
  bool wait(Condition condition, std::chrono::milliseconds limit = 10s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      context.run_one_for(20ms);
    }
    return condition();
  }

  ObservationResult discover(const InstanceKey& key) {
    std::optional<ObservationResult> answer;
    boost::asio::co_spawn(
        context, discovery.discover(key),
        [&answer](const std::exception_ptr&, ObservationResult result) { answer = std::move(result); });
    static_cast<void>(wait([&] { return answer.has_value(); }));
    return answer.value_or(make_error(Errc::timeout, "the test's own limit"));
  }

  std::size_t valid() {
    const auto picture = discovery.topology();
    const auto nodes = picture->nodes();
    return static_cast<std::size_t>(std::count_if(
        nodes.begin(), nodes.end(), [](const Node& node) { return node.observation->check.last_check_valid; }));
  }

  boost::asio::io_context context{1};
  Discovery discovery;
};

std::set<InstanceKey> keys_of(const Topology& picture) {
  std::set<InstanceKey> keys;
  for (const auto& node : picture.nodes()) {
    keys.insert(node.key());
  }
  return keys;
}

std::set<InstanceKey> keys_of(sandbox::Topology& servers) {
  std::set<InstanceKey> keys;
  for (const auto& server : servers.servers()) {
    keys.insert(key_of(server));
  }
  return keys;
}

}  // namespace

TEST_CASE("one leaf leads to the whole topology, and to nothing else") {
  sandbox::Topology servers(of_mariadb(sandbox::two_tiers(6)));
  Loop loop;
  const auto seen = loop.discover(key_of(servers.at("node6")));
  REQUIRE(seen);
  CHECK((*seen)->key == key_of(servers.at("node6")));
  CHECK(loop.wait([&] { return loop.valid() == 6; }));
  const auto picture = loop.discovery.topology();
  CHECK(keys_of(*picture) == keys_of(servers));
  REQUIRE(picture->clusters().size() == 1);
  CHECK(picture->clusters()[0].name == servers.master().endpoint());
}

TEST_CASE("servers of different hosts are known by their addresses") {
  sandbox::Topology servers(of_mariadb(sandbox::on_different_hosts(sandbox::chain(3))));
  Loop loop;
  REQUIRE(loop.discover(key_of(servers.at("node2"))));
  CHECK(loop.wait([&] { return loop.valid() == 3; }));
  CHECK(keys_of(*loop.discovery.topology()) == keys_of(servers));
}

TEST_CASE("co-masters make one cluster, and a multi-source replica shows all its masters") {
  SECTION("co-masters") {
    sandbox::Topology servers(of_mariadb(sandbox::co_masters(3)));
    Loop loop;
    REQUIRE(loop.discover(key_of(servers.at("node3"))));
    CHECK(loop.wait([&] { return loop.valid() == 3 && loop.discovery.topology()->clusters().size() == 1; }));
    const auto picture = loop.discovery.topology();
    CHECK(picture->masters(picture->clusters()[0]).size() == 2);
    CHECK(picture->node(*picture->find(key_of(servers.master()))).is_co_master);
  }
  SECTION("multi-source") {
    sandbox::Topology servers(of_mariadb(sandbox::multi_source(2)));
    Loop loop;
    REQUIRE(loop.discover(key_of(servers.at("node3"))));
    CHECK(loop.wait([&] { return loop.valid() == 3; }));
    const auto picture = loop.discovery.topology();
    const auto& replica = picture->node(*picture->find(key_of(servers.at("node3"))));
    CHECK(replica.master.has_value());
    CHECK(replica.extra_masters.size() == 1);
  }
}

TEST_CASE("a server that dies is seen dead long before its next turn, and alive when it returns") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  auto policy = quick();
  policy.poll_interval = 60s;
  policy.dead_poll_max = 200ms;
  policy.dead_poll_factor = 1.0;
  Loop loop(policy);
  REQUIRE(loop.discover(key_of(servers.master())));
  REQUIRE(loop.wait([&] { return loop.valid() == 2; }));
  const auto replica = key_of(servers.at("node2"));
  servers.at("node2").kill();
  CHECK(loop.wait([&] { return !loop.discovery.observation(replica)->check.last_check_valid; }, 2s));
  CHECK_FALSE(loop.discovery.observation(replica)->check.error.empty());
  CHECK(loop.discovery.observation(replica)->instance);
}

TEST_CASE("dead instances are probed less and less often") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  auto policy = quick();
  policy.dead_poll_factor = 2.0;
  policy.dead_poll_max = 60s;
  Loop loop(policy);
  REQUIRE(loop.discover(key_of(servers.master())));
  REQUIRE(loop.wait([&] { return loop.valid() == 2; }));
  servers.at("node2").kill();
  const auto failures = [&] {
    const auto samples = loop.discovery.samples(60s);
    return std::count_if(samples.begin(), samples.end(), [](const auto& sample) { return !sample.error.empty(); });
  };
  const auto successes = [&] {
    const auto samples = loop.discovery.samples(60s);
    return std::count_if(samples.begin(), samples.end(), [](const auto& sample) { return sample.error.empty(); });
  };
  REQUIRE(loop.wait([&] { return failures() > 0; }));
  const auto before = successes();
  // The living one goes on at its pace while the dead one is tried after 0.2, 0.4, 0.8 s …
  REQUIRE(loop.wait([&] { return successes() >= before + 15; }));
  CHECK(failures() <= 5);
}

TEST_CASE("an instance that cannot be reached is not registered by discover") {
  Loop loop;
  const auto answer = loop.discover({"127.0.0.1", 1});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::connection_failed);
  CHECK(loop.discovery.topology()->nodes().empty());
  CHECK_FALSE(loop.discovery.observation({"127.0.0.1", 1}));
}

TEST_CASE("an ignored instance is refused, and ignored replicas are not followed") {
  sandbox::Topology servers(of_mariadb(sandbox::star(3)));
  const auto ignored = key_of(servers.at("node3"));
  auto policy = quick();
  policy.ignore = [ignored](const InstanceKey& key) { return key == ignored; };
  Loop loop(policy);
  CHECK(loop.discover(ignored).error().code == Errc::invalid_argument);
  REQUIRE(loop.discover(key_of(servers.master())));
  CHECK(loop.wait([&] { return loop.valid() == 2; }));
  CHECK_FALSE(loop.discovery.observation(ignored));
}

TEST_CASE("a forgotten instance is gone at once and comes back only after three poll intervals") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  std::vector<InstanceKey> forgotten;
  DiscoveryEvents events;
  events.on_forgotten = [&forgotten](const InstanceKey& key) { forgotten.push_back(key); };
  auto policy = quick();
  policy.poll_interval = 200ms;
  Loop loop(policy, events);
  REQUIRE(loop.discover(key_of(servers.master())));
  REQUIRE(loop.wait([&] { return loop.valid() == 2; }));
  const auto replica = key_of(servers.at("node2"));
  const auto start = std::chrono::steady_clock::now();
  CHECK(loop.discovery.forget(replica));
  CHECK(forgotten == std::vector{replica});
  CHECK_FALSE(loop.discovery.topology()->find(replica));
  CHECK_FALSE(loop.discovery.forget(replica));
  CHECK(loop.wait([&] { return loop.discovery.topology()->find(replica).has_value(); }));
  CHECK(std::chrono::steady_clock::now() - start >= 600ms);
}

TEST_CASE("what is remembered is known at once, and keeps its cluster id") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  Loop first;
  REQUIRE(first.discover(key_of(servers.master())));
  REQUIRE(first.wait([&] { return first.valid() == 2; }));
  const auto picture = first.discovery.topology();
  DiscoveryMemory memory;
  for (const auto& node : picture->nodes()) {
    memory.observations.push_back(*node.observation);
    memory.cluster_ids.emplace(node.key(), picture->clusters()[0].id);
  }
  Loop second;
  second.discovery.restore(memory);
  CHECK(keys_of(*second.discovery.topology()) == keys_of(servers));
  CHECK(second.valid() == 0);
  CHECK(second.discovery.topology()->clusters()[0].id == picture->clusters()[0].id);
  CHECK(second.wait([&] { return second.valid() == 2; }));
}

TEST_CASE("a server's own name that leads to it replaces the first one") {
  sandbox::Topology servers(of_mariadb(sandbox::star(1)));
  const InstanceKey by_name{"localhost", servers.master().port()};
  auto policy = quick();
  policy.server_name_method = ServerNameMethod::report_host;  // the sandbox reports 127.0.0.1
  Loop loop(policy);
  REQUIRE(loop.discover(by_name));
  CHECK(loop.wait([&] { return loop.discovery.resolved(by_name) == key_of(servers.master()); }));
  CHECK(loop.wait([&] { return keys_of(*loop.discovery.topology()) == std::set{key_of(servers.master())}; }));
}

TEST_CASE("a server's own name that does not lead to it is not taken") {
  auto layout = of_mariadb(sandbox::star(1));
  layout.nodes[0].address = "127.0.0.2";  // no machine's host name leads there
  sandbox::Topology servers(layout);
  auto policy = quick();
  policy.server_name_method = ServerNameMethod::hostname;
  Loop loop(policy);
  REQUIRE(loop.discover(key_of(servers.master())));
  CHECK(loop.wait([&] { return loop.discovery.samples(60s).size() > 5; }));
  CHECK(keys_of(*loop.discovery.topology()) == std::set{key_of(servers.master())});
}

TEST_CASE("two names of one server are noticed") {
  sandbox::Topology servers(of_mariadb(sandbox::star(1)));
  const InstanceKey by_name{"localhost", servers.master().port()};
  Loop loop;
  REQUIRE(loop.discover(by_name));
  REQUIRE(loop.discover(key_of(servers.master())));
  const auto picture = loop.discovery.topology();
  REQUIRE(picture->nodes().size() == 2);
  CHECK(picture->nodes()[0].same_server.size() == 1);
}

TEST_CASE("on request only what is asked for is probed") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  auto policy = quick();
  policy.probing = Probing::on_request;
  Loop loop(policy);
  REQUIRE(loop.discover(key_of(servers.at("node2"))));
  CHECK_FALSE(loop.wait([&] { return loop.discovery.samples(60s).size() > 1; }, 500ms));
  REQUIRE(loop.discover(key_of(servers.master())));
  CHECK(loop.discovery.samples(60s).size() == 2);
}

TEST_CASE("a name is looked up and remembered as another name of the instance") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  const InstanceKey by_name{"localhost", servers.at("node2").port()};
  auto policy = quick();
  policy.resolve_method = HostnameResolveMethod::ip;
  Loop loop(policy);
  const auto seen = loop.discover(by_name);
  REQUIRE(seen);
  CHECK((*seen)->key == key_of(servers.at("node2")));
  CHECK(loop.discovery.resolved(by_name) == key_of(servers.at("node2")));
  CHECK(loop.wait([&] { return keys_of(*loop.discovery.topology()) == keys_of(servers); }));
}

TEST_CASE("a server has one entry after its name is looked up by another method") {
  sandbox::Topology servers(of_mariadb(sandbox::star(1)));
  const auto by_address = key_of(servers.master());
  const InstanceKey by_name{"localhost", by_address.port};
  std::vector<InstanceKey> forgotten;
  DiscoveryEvents events;
  events.on_forgotten = [&forgotten](const InstanceKey& key) { forgotten.push_back(key); };
  auto policy = quick();

  SECTION("at its next probe") {}
  SECTION("at the latest when it is discovered") {
    policy.probing = Probing::on_request;
  }
  Loop loop(policy, events);
  REQUIRE(loop.discover(by_name));
  const auto id = loop.discovery.topology()->clusters()[0].id;
  policy.resolve_method = HostnameResolveMethod::ip;
  loop.discovery.reconfigure(policy, settings());
  if (policy.probing == Probing::on_request) {
    const auto seen = loop.discover(by_name);
    REQUIRE(seen);
    CHECK((*seen)->key == by_address);
    CHECK(keys_of(*loop.discovery.topology()) == std::set{by_address});
  }
  CHECK(loop.wait([&] { return keys_of(*loop.discovery.topology()) == std::set{by_address}; }));
  CHECK(forgotten == std::vector{by_name});
  CHECK(loop.discovery.resolved(by_name) == by_address);
  CHECK(loop.discovery.topology()->clusters()[0].id == id);
}

TEST_CASE("a seed has one entry, by the name that its own is looked up to") {
  sandbox::Topology servers(of_mariadb(sandbox::star(2)));
  auto policy = quick();
  policy.resolve_method = HostnameResolveMethod::ip;
  Loop loop(policy);
  loop.discovery.add_seed({"localhost", servers.master().port()});
  CHECK(loop.wait([&] { return loop.valid() == 2 && keys_of(*loop.discovery.topology()) == keys_of(servers); }));
}

TEST_CASE("a name that was another name of a server can become its name") {
  auto layout = of_mariadb(sandbox::star(1));
  layout.settings = {"report-host=localhost"};
  sandbox::Topology servers(layout);
  const auto by_address = key_of(servers.master());
  const InstanceKey by_name{"localhost", by_address.port};
  auto policy = quick();
  policy.resolve_method = HostnameResolveMethod::ip;
  Loop loop(policy);
  REQUIRE(loop.discover(by_name));
  REQUIRE(loop.discovery.resolved(by_name) == by_address);
  policy.resolve_method = HostnameResolveMethod::none;
  policy.server_name_method = ServerNameMethod::report_host;
  loop.discovery.reconfigure(policy, settings());
  CHECK(loop.wait([&] { return keys_of(*loop.discovery.topology()) == std::set{by_name}; }));
  CHECK(loop.discovery.resolved(by_name) == by_name);
  CHECK(loop.discovery.resolved(by_address) == by_name);
}
