// The Consul store and MasterPublisher against real Consul agents.
#include <atomic>
#include <filesystem>

#include "kvstore/consul.hpp"
#include "kvstore/master_publisher.hpp"
#include "loop.hpp"
#include "sandbox/consul.hpp"
#include "sandbox/http.hpp"
#include "show_result.hpp"
#include "store_contract.hpp"
#include "wait_until.hpp"

using namespace kvstore;
using namespace kvstore_test;

namespace {

const sandbox::ConsulProgram& consul_program() {
  static const sandbox::ConsulProgram program = sandbox::found_or_skip(sandbox::find_consul());
  return program;
}

// One plain agent for all tests that only need keys of their own.
sandbox::ConsulAgent& shared_agent() {
  static sandbox::ConsulAgent agent(consul_program());
  return agent;
}

sandbox::ConsulAgent& shared_tls_agent() {
  static sandbox::ConsulAgent agent(consul_program(), {.tls = sandbox::ConsulTls::on});
  return agent;
}

std::string fresh_root() {
  static int count = 0;
  return "test-" + std::to_string(++count);
}

std::shared_ptr<KvStore> store_of(ConsulOptions options) {
  auto store = make_consul_store(std::move(options));
  REQUIRE(store);
  return *store;
}

ClusterMaster master_of(const std::string& alias, const std::string& host) {
  return {alias, host, 3306, host, ""};
}

}  // namespace

TEST_CASE("the Consul store keeps the contract of a store") {
  Loop loop;
  const auto store = store_of({.address = shared_agent().address()});
  expect_store_contract(loop, *store, fresh_root());
}

TEST_CASE("the Consul store keeps the contract over TLS too") {
  Loop loop;
  const sandbox::ConsulAgent& agent = shared_tls_agent();
  const auto store = store_of({.address = "https://localhost:" + std::to_string(agent.https_port()),
                               .tls = {.ca_file = agent.ca_certificate().string()}});
  expect_store_contract(loop, *store, fresh_root());
}

TEST_CASE("the published keys are what other programs read from Consul") {
  Loop loop;
  const std::string prefix = fresh_root() + "/mysql/master/";
  MasterPublisher publisher({store_of({.address = shared_agent().address()})}, {.prefix = prefix});
  const auto report = loop.run(publisher.publish({{"shop", "db1.example.com", 3307, "10.0.0.1", "fd00::1"}}));
  CHECK(report.count(PublishOutcome::published) == 1);
  const auto raw = [&](const std::string& key) {
    return sandbox::http_request({.port = shared_agent().http_port(), .target = "/v1/kv/" + prefix + key + "?raw"})
        .body;
  };
  CHECK(raw("shop") == "db1.example.com:3307");
  CHECK(raw("shop/hostname") == "db1.example.com");
  CHECK(raw("shop/port") == "3307");
  CHECK(raw("shop/ipv4") == "10.0.0.1");
  CHECK(raw("shop/ipv6") == "fd00::1");
  const auto again = loop.run(publisher.publish({{"shop", "db1.example.com", 3307, "10.0.0.1", "fd00::1"}}));
  CHECK(again.count(PublishOutcome::unchanged) == 1);
}

TEST_CASE("three hundred clusters are published, and one that drifts is repaired") {
  Loop loop;
  const std::string prefix = fresh_root();
  const auto store = store_of({.address = shared_agent().address()});
  MasterPublisher publisher({store}, {.prefix = prefix, .store_timeout = 30s});
  std::vector<ClusterMaster> masters;
  for (int i = 0; i < 300; ++i) masters.push_back(master_of("c" + std::to_string(i), "db" + std::to_string(i)));
  CHECK(loop.run(publisher.publish(masters)).count(PublishOutcome::published) == 300);
  REQUIRE(Client(loop, *store).put({prefix + "/c7/hostname", "edited by hand"}));
  REQUIRE(Client(loop, *store).remove({prefix + "/c8"}));
  const auto report = loop.run(publisher.publish(masters));
  CHECK(report.count(PublishOutcome::published) == 2);
  CHECK(report.count(PublishOutcome::unchanged) == 298);
  CHECK(Client(loop, *store).get(prefix + "/c7/hostname")->value == "db7");
  CHECK(Client(loop, *store).list(prefix)->size() == 1500);
}

TEST_CASE("a reader never sees keys of two masters while masters change") {
  const std::string prefix = fresh_root();
  const std::string address = shared_agent().address();
  std::atomic<bool> done{false};
  std::atomic<int> seen{0};
  std::atomic<int> mixed{0};
  // Made here, since the test library's assertions belong to one thread.
  auto made = store_of({.address = address});
  std::jthread reader([&, made = std::move(made)]() mutable {
    Loop loop;
    const auto store = std::move(made);
    while (!done) {
      const auto entries = Client(loop, *store).list(prefix + "/c1");
      if (!entries || entries->empty()) continue;
      ++seen;
      // In order of the keys: c1, hostname, ipv4, ipv6, port.
      const bool whole = entries->size() == 5 && (*entries)[0].value == (*entries)[1].value + ":3306" &&
                         (*entries)[2].value == (*entries)[1].value;
      if (!whole) ++mixed;
    }
  });
  Loop loop;
  MasterPublisher publisher({store_of({.address = address})}, {.prefix = prefix});
  int changes_made = 0;
  const auto enough = [&] {
    const auto report = loop.run(publisher.publish({master_of("c1", "db" + std::to_string(++changes_made))}));
    CHECK(report.count(PublishOutcome::published) == 1);
    return seen > 200 && changes_made > 200;
  };
  CHECK(support::wait_until(enough, 30s, 0ms));
  done = true;
  reader.join();
  INFO(seen << " reads, " << changes_made << " changes");
  CHECK(mixed == 0);
}

TEST_CASE("two publishers with different masters never leave a mixture") {
  Loop loop;
  const std::string prefix = fresh_root();
  const auto store = store_of({.address = shared_agent().address()});
  for (int round = 0; round < 20; ++round) {
    MasterPublisher first({store}, {.prefix = prefix, .max_attempts = 20});
    MasterPublisher second({store}, {.prefix = prefix, .max_attempts = 20});
    int ended = 0;
    const auto check = [&](std::exception_ptr, PublishReport report) {
      CHECK(report.count(PublishOutcome::failed) == 0);
      ++ended;
    };
    boost::asio::co_spawn(loop.context(), first.publish({master_of("c1", "a" + std::to_string(round))}), check);
    boost::asio::co_spawn(loop.context(), second.publish({master_of("c1", "b" + std::to_string(round))}), check);
    loop.context().restart();
    while (ended < 2 && loop.context().run_one_for(30s) > 0) {
    }
    const auto entries = Client(loop, *store).list(prefix + "/c1");
    REQUIRE(entries->size() == 5);
    CHECK((*entries)[0].value == (*entries)[1].value + ":3306");
  }
}

TEST_CASE("a Consul that is killed is reported, and is served again when it is back") {
  Loop loop;
  sandbox::ConsulAgent agent(consul_program());
  MasterPublisher publisher({store_of({.address = agent.address()}), store_of({.address = shared_agent().address()})},
                            {.prefix = fresh_root()});
  CHECK(loop.run(publisher.publish({master_of("c1", "db1")})).count(PublishOutcome::published) == 2);
  agent.kill();
  const auto down = loop.run(publisher.publish({master_of("c1", "db2")}));
  CHECK(down.stores[0].clusters[0].outcome == PublishOutcome::failed);
  CHECK(down.stores[0].error->message().find(agent.address()) != std::string::npos);
  CHECK(down.stores[1].clusters[0].outcome == PublishOutcome::published);
  agent.restart();
  const auto back = loop.run(publisher.publish({master_of("c1", "db2")}));
  CHECK(back.stores[0].clusters[0].outcome == PublishOutcome::published);
  CHECK(back.stores[1].clusters[0].outcome == PublishOutcome::unchanged);
}

TEST_CASE("a frozen Consul costs its timeout and delays no other store") {
  Loop loop;
  sandbox::ConsulAgent agent(consul_program());
  MasterPublisher publisher({store_of({.address = agent.address()}), store_of({.address = shared_agent().address()})},
                            {.prefix = fresh_root(), .store_timeout = 500ms});
  agent.freeze();
  const auto began = std::chrono::steady_clock::now();
  const auto frozen = loop.run(publisher.publish({master_of("c1", "db1")}));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  CHECK(frozen.stores[0].error->code == make_error_code(Errc::timeout));
  CHECK(frozen.stores[1].clusters[0].outcome == PublishOutcome::published);
  agent.thaw();
  const auto thawed = [&] {
    return loop.run(publisher.publish({master_of("c1", "db1")})).count(PublishOutcome::failed) == 0;
  };
  CHECK(support::wait_until(thawed, 20s));
}

TEST_CASE("a token that may not write is refused by name of the key, and is never shown") {
  Loop loop;
  const std::string root_token = "2f1e9a52-1111-4d6b-9a53-000000000001";
  const std::string bad_token = "2f1e9a52-2222-4d6b-9a53-000000000002";
  sandbox::ConsulAgent agent(consul_program(), {.acl_token = root_token});
  const auto allowed = store_of({.address = agent.address(), .token = root_token});
  REQUIRE(Client(loop, *allowed).put({"k", "v"}));
  const auto anonymous = store_of({.address = agent.address()});
  CHECK(has_code(Client(loop, *anonymous).get("k"), Errc::access_denied));
  CHECK(has_code(Client(loop, *anonymous).put({"k", "v2"}), Errc::access_denied));
  CHECK(has_code(Client(loop, *anonymous).transact({Put{"k", "v2"}}), Errc::access_denied));
  const auto unknown = store_of({.address = agent.address(), .token = bad_token});
  MasterPublisher publisher({unknown, anonymous, allowed}, {});
  const auto report = loop.run(publisher.publish({master_of("c1", "db1")}));
  for (const std::size_t i : {0u, 1u}) {
    REQUIRE(report.stores[i].clusters[0].error);
    CHECK(report.stores[i].clusters[0].error->code == make_error_code(Errc::access_denied));
    CHECK(report.stores[i].clusters[0].error->message().find(bad_token) == std::string::npos);
  }
  CHECK(report.stores[1].clusters[0].error->message() ==
        "consul " + agent.address() + ": transaction of mysql/master/c1 and 4 more: Permission denied: access denied");
  CHECK(report.stores[2].clusters[0].outcome == PublishOutcome::published);
}

TEST_CASE("TLS is verified unless that is switched off") {
  Loop loop;
  const sandbox::ConsulAgent& agent = shared_tls_agent();
  const std::string port = std::to_string(agent.https_port());
  const std::string ca = agent.ca_certificate().string();
  const auto get = [&](const std::string& host, TlsOptions tls) {
    const auto store = store_of({.address = host + ":" + port, .scheme = ConsulScheme::https, .tls = std::move(tls)});
    return Client(loop, *store).get("nothing");
  };
  CHECK(has_code(get("127.0.0.1", {.ca_file = ca}), Errc::not_found));
  CHECK(has_code(get("localhost", {.ca_file = ca}), Errc::not_found));
  CHECK(has_code(get("127.0.0.1", {.ca_file = ca, .server_name = "server.dc1.consul"}), Errc::not_found));
  CHECK(has_code(get("127.0.0.1", {.verification = TlsVerification::none}), Errc::not_found));

  const auto untrusted = get("127.0.0.1", {});
  REQUIRE(has_code(untrusted, Errc::tls_failed));
  CHECK(untrusted.error().message().find("certificate refused: ") != std::string::npos);
  const auto wrong_name = get("127.0.0.1", {.ca_file = ca, .server_name = "consul.example.com"});
  REQUIRE(has_code(wrong_name, Errc::tls_failed));
  CHECK(wrong_name.error().message() ==
        "consul 127.0.0.1:" + port + ": get nothing: certificate refused: hostname mismatch: TLS failed");
  CHECK(has_code(get("127.0.0.2", {.ca_file = ca}), Errc::connection_failed));

  const auto plain = store_of({.address = "127.0.0.1:" + port});
  CHECK_FALSE(Client(loop, *plain).get("nothing"));
  const auto tls_to_plain = store_of({.address = "https://" + agent.address(), .tls = {.ca_file = ca}});
  CHECK(has_code(Client(loop, *tls_to_plain).get("nothing"), Errc::tls_failed));
}

TEST_CASE("masters are published in every datacenter of one agent") {
  Loop loop;
  sandbox::ConsulAgent first(consul_program());
  sandbox::ConsulAgent second(consul_program(), {.datacenter = "dc2", .join_wan = &first});
  ConsulDatacenters datacenters({.address = first.address()});
  const auto both_are_known = [&] {
    const auto stores = loop.run(datacenters.stores(in(10s)));
    return stores && stores->size() == 2;
  };
  REQUIRE(support::wait_until(both_are_known, 30s));
  MasterPublisher publisher(*loop.run(datacenters.stores(in(10s))), {});
  const auto published_in_both = [&] {
    const auto report = loop.run(publisher.publish({master_of("c1", "db1")}));
    return report.stores.size() == 2 && report.count(PublishOutcome::failed) == 0;
  };
  REQUIRE(support::wait_until(published_in_both, 30s));
  for (const auto* agent : {&first, &second}) {
    const auto local = store_of({.address = agent->address()});
    CHECK(Client(loop, *local).get("mysql/master/c1")->value == "db1:3306");
  }
  // A datacenter nobody knows fails for itself.
  publisher.set_stores(
      {store_of({.address = first.address(), .datacenter = "dc9"}), store_of({.address = first.address()})});
  const auto report = loop.run(publisher.publish({master_of("c1", "db1")}));
  CHECK(report.stores[0].error->message() == "consul " + first.address() +
                                                 " (dc9): list mysql/master/c1: HTTP 500 No path to datacenter: the "
                                                 "store cannot answer");
  CHECK(report.stores[1].clusters[0].outcome == PublishOutcome::unchanged);
}
