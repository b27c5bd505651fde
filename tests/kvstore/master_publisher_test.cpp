// MasterPublisher brings every store up to date, whatever one of them does.
#include "kvstore/master_publisher.hpp"

#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include "faulty_store.hpp"
#include "loop.hpp"
#include "show_result.hpp"

using namespace kvstore;
using namespace kvstore_test;

namespace {

ClusterMaster master_of(const std::string& alias, const std::string& host) {
  return {alias, host, 3306, "", ""};
}

struct Fixture {
  Loop loop;
  std::shared_ptr<FaultyStore> store = std::make_shared<FaultyStore>();
  MasterPublisher publisher{{store}, {.store_timeout = 300ms}};

  PublishReport publish(std::vector<ClusterMaster> masters) { return loop.run(publisher.publish(std::move(masters))); }
  std::string value(const std::string& key) {
    const auto entry = Client(loop, store->memory).get(key);
    return entry ? entry->value : "(none)";
  }
  void write(const std::string& key, const std::string& text) { REQUIRE(Client(loop, store->memory).put({key, text})); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "masters are written once, then found unchanged") {
  const auto first = publish({master_of("c1", "db1"), master_of("c2", "db2")});
  CHECK(first.count(PublishOutcome::published) == 2);
  REQUIRE(first.pairs.size() == 10);
  CHECK(first.pairs[0] == KeyValue{"mysql/master/c1", "db1:3306"});
  CHECK(first.pairs[5] == KeyValue{"mysql/master/c2", "db2:3306"});
  CHECK(value("mysql/master/c1/hostname") == "db1");
  CHECK(value("mysql/master/c2/port") == "3306");
  CHECK(value("mysql/master/c2/ipv6").empty());

  const auto second = publish({master_of("c1", "db1"), master_of("c2", "db2")});
  CHECK(second.count(PublishOutcome::unchanged) == 2);
  CHECK(second.pairs.size() == 10);
  CHECK(store->transactions == 2);
}

TEST_CASE_METHOD(Fixture, "only the cluster that differs is written, and drift is repaired") {
  REQUIRE(publish({master_of("c1", "db1"), master_of("c2", "db2")}).count(PublishOutcome::published) == 2);
  write("mysql/master/c2/hostname", "edited by hand");
  const auto report = publish({master_of("c1", "db1"), master_of("c2", "db2")});
  CHECK(report.stores[0].clusters[0].outcome == PublishOutcome::unchanged);
  CHECK(report.stores[0].clusters[1].outcome == PublishOutcome::published);
  CHECK(value("mysql/master/c2/hostname") == "db2");
}

TEST_CASE_METHOD(Fixture, "a cluster without alias is left out, and one that cannot be published fails alone") {
  const auto report = publish({master_of("", "db0"), master_of("c1", ""), master_of("c2", "db2"),
                               master_of("c2/hostname", "db3"), master_of("c\n4", "db4")});
  REQUIRE(report.stores[0].clusters.size() == 4);
  CHECK(report.stores[0].clusters[0].error->message() == "master of c1 has no host name or no port: invalid argument");
  CHECK(report.stores[0].clusters[1].outcome == PublishOutcome::published);
  CHECK(report.stores[0].clusters[2].error->message() ==
        "another cluster has the key mysql/master/c2/hostname: invalid argument");
  CHECK(report.stores[0].clusters[3].outcome == PublishOutcome::failed);
  CHECK(value("mysql/master/c2/hostname") == "db2");
  CHECK_FALSE(report.stores[0].error);
}

TEST_CASE_METHOD(Fixture, "nothing to publish is a report without clusters") {
  CHECK(publish({}).stores.at(0).clusters.empty());
  publisher.set_stores({});
  CHECK(publish({master_of("c1", "db1")}).stores.empty());
}

TEST_CASE_METHOD(Fixture, "another writer of the same keys is seen, and its work is repaired") {
  store->before_transact = [&](std::size_t call) -> std::optional<Error> {
    if (call == 1) write("mysql/master/c1/port", "1");
    return std::nullopt;
  };
  const auto report = publish({master_of("c1", "db1")});
  CHECK(report.count(PublishOutcome::published) == 1);
  CHECK(value("mysql/master/c1/port") == "3306");
  CHECK(store->transactions == 2);
}

TEST_CASE_METHOD(Fixture, "a writer that never stops makes the cluster fail after a bounded number of tries") {
  store->before_transact = [&](std::size_t call) -> std::optional<Error> {
    write("mysql/master/c1/port", std::to_string(call));
    return std::nullopt;
  };
  const auto report = publish({master_of("c1", "db1")});
  REQUIRE(report.count(PublishOutcome::failed) == 1);
  CHECK(is_conflict(*report.stores[0].clusters[0].error));
  CHECK(store->transactions == 3);
}

TEST_CASE_METHOD(Fixture, "a write whose answer was lost is looked for before it is repeated") {
  store->after_transact = [&](std::size_t) -> std::optional<Error> {
    return make_error(Errc::outcome_unknown, "answer lost");
  };
  const auto report = publish({master_of("c1", "db1")});
  CHECK(report.count(PublishOutcome::published) == 1);
  CHECK(store->transactions == 1);
  CHECK(store->lists == 2);
}

TEST_CASE("an error at any step is reported, leaves whole clusters, and the next publish completes") {
  const std::vector<ClusterMaster> masters{master_of("c1", "db1"), master_of("c2", "db2"), master_of("c3", "db3")};
  for (const Errc code : {Errc::connection_failed, Errc::access_denied, Errc::timeout, Errc::outcome_unknown}) {
    for (std::size_t failing = 0; failing <= 3; ++failing) {
      Fixture fixture;
      std::size_t step = 0;
      const auto fail_at = [&](std::size_t) -> std::optional<Error> {
        return step++ == failing ? std::optional(make_error(code, "injected")) : std::nullopt;
      };
      fixture.store->before_list = fail_at;
      fixture.store->before_transact = fail_at;
      const auto report = fixture.publish(masters);
      const bool repaired_at_once = failing > 0 && code == Errc::outcome_unknown;
      CHECK(report.count(PublishOutcome::failed) == (failing == 0 ? 3 : repaired_at_once ? 0 : 1));
      CHECK(report.stores[0].error.has_value() == (failing == 0));
      const auto present = Client(fixture.loop, fixture.store->memory).list("mysql/master");
      CHECK(present->size() % 5 == 0);
      CHECK(fixture.publish(masters).count(PublishOutcome::failed) == 0);
      CHECK(Client(fixture.loop, fixture.store->memory).list("mysql/master")->size() == 15);
    }
  }
}

TEST_CASE_METHOD(Fixture, "a store that hangs or refuses neither delays nor hides another") {
  auto hanging = std::make_shared<FaultyStore>("hanging");
  hanging->hangs = true;
  auto refusing = std::make_shared<FaultyStore>("refusing");
  refusing->before_list = [](std::size_t) { return make_error(Errc::connection_failed, "refused"); };
  bool hung_ones_are_waiting_when_healthy_one_is_written = false;
  store->after_transact = [&](std::size_t) -> std::optional<Error> {
    hung_ones_are_waiting_when_healthy_one_is_written = hanging->lists == 1;
    return std::nullopt;
  };
  publisher.set_stores({hanging, refusing, store});
  const auto began = std::chrono::steady_clock::now();
  const auto report = publish({master_of("c1", "db1")});
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  REQUIRE(report.stores.size() == 3);
  CHECK(report.stores[0].store == "hanging");
  CHECK(report.stores[0].error->code == make_error_code(Errc::timeout));
  CHECK(report.stores[1].error->message() == "refused: connection failed");
  CHECK(report.stores[2].clusters[0].outcome == PublishOutcome::published);
  CHECK(hung_ones_are_waiting_when_healthy_one_is_written);
  CHECK(value("mysql/master/c1") == "db1:3306");
}

TEST_CASE("a cancelled publish ends at once") {
  Loop loop;
  auto hanging = std::make_shared<FaultyStore>("hanging");
  hanging->hangs = true;
  MasterPublisher publisher({hanging, std::make_shared<MemoryStore>()}, {.store_timeout = 60s});
  CHECK(loop.ends_when_cancelled(publisher.publish({master_of("c1", "db1")}), 50ms));
  CHECK(hanging->lists == 1);
}

TEST_CASE_METHOD(Fixture, "of two overlapping calls the later one wins") {
  std::optional<PublishReport> later;
  store->before_transact = [&](std::size_t call) -> std::optional<Error> {
    if (call > 1) return std::nullopt;
    // The first call has read and is about to write: another begins and ends here.
    Loop inner;
    later = inner.run(publisher.publish({master_of("c1", "newer")}));
    return std::nullopt;
  };
  const auto earlier = publish({master_of("c1", "older")});
  CHECK(later->count(PublishOutcome::published) == 1);
  CHECK(earlier.count(PublishOutcome::superseded) == 1);
  CHECK(value("mysql/master/c1") == "newer:3306");
}

TEST_CASE("many threads publishing different masters leave one whole master") {
  auto store = std::make_shared<MemoryStore>();
  MasterPublisher publisher({store}, {.max_attempts = 100});
  boost::asio::thread_pool pool(4);
  std::vector<std::future<PublishReport>> reports;
  for (int i = 0; i < 200; ++i) {
    auto work = publisher.publish({master_of("c1", "db" + std::to_string(i)), master_of("c2", "other")});
    reports.push_back(boost::asio::co_spawn(pool, std::move(work), boost::asio::use_future));
  }
  for (auto& report : reports) CHECK(report.get().count(PublishOutcome::failed) == 0);
  pool.join();
  Loop loop;
  Client client(loop, *store);
  CHECK(client.list("mysql/master")->size() == 10);
  CHECK(client.get("mysql/master/c1")->value == client.get("mysql/master/c1/hostname")->value + ":3306");
}
