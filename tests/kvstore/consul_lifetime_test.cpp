// The Consul store and the execution contexts it is used on end in any order.
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>

#include "kvstore/consul.hpp"
#include "loop.hpp"
#include "scripted_server.hpp"
#include "show_result.hpp"
#include "wait_until.hpp"

using namespace kvstore;
using namespace kvstore_test;

namespace {

const std::string one_entry = R"([{"Key":"k","Value":"dg==","ModifyIndex":5}])";

ScriptedServer::Script answering(Reply::Then then) {
  return [then](const std::string&, std::size_t) {
    return Reply{then == Reply::Then::hang ? "" : http_answer(one_entry), then};
  };
}

std::shared_ptr<KvStore> store_on(const ScriptedServer& server) {
  return *make_consul_store({.address = server.address()});
}

}  // namespace

TEST_CASE("a store with a kept connection may end before or after its event loop") {
  const ScriptedServer server(answering(Reply::Then::keep));
  auto loop = std::make_unique<Loop>();
  auto store = store_on(server);
  REQUIRE(loop->run(store->get("k", in(10s))));
  SECTION("before") {
    store.reset();
    loop.reset();
  }
  SECTION("after") {
    loop.reset();
    // Its connection went with the loop, not with the store.
    CHECK(support::wait_until([&] { return server.closed() == 1; }, 10s));
    store.reset();
  }
  CHECK(support::wait_until([&] { return server.closed() == 1; }, 10s));
}

TEST_CASE("a store is used on one event loop after another") {
  const ScriptedServer server(answering(Reply::Then::keep));
  const auto store = store_on(server);
  for (std::size_t round = 1; round <= 20; ++round) {
    Loop loop;
    REQUIRE(loop.run(store->get("k", in(10s))));
    REQUIRE(loop.run(store->get("k", in(10s))));
    CHECK(server.connections() == round);
  }
}

TEST_CASE("a store is used on a loop and on a pool of threads at once, and outlives both") {
  const ScriptedServer server(answering(Reply::Then::keep));
  const auto store = store_on(server);
  {
    Loop loop;
    boost::asio::thread_pool pool(2);
    REQUIRE(loop.run(store->get("k", in(10s))));
    auto got = boost::asio::co_spawn(pool, store->get("k", in(10s)), boost::asio::use_future);
    REQUIRE(got.get());
    CHECK(server.connections() == 2);
  }
  CHECK(support::wait_until([&] { return server.closed() == 2; }, 10s));
}

TEST_CASE("a call under way is abandoned with its event loop, before or after its store") {
  const ScriptedServer server(answering(Reply::Then::hang));
  auto loop = std::make_unique<Loop>();
  auto store = store_on(server);
  boost::asio::co_spawn(loop->context(), store->get("k", in(60s)), boost::asio::detached);
  REQUIRE(support::wait_until(
      [&] {
        loop->context().poll();
        return server.requests().size() == 1;
      },
      10s, 1ms));
  SECTION("the store first") {
    store.reset();
    loop.reset();
  }
  SECTION("the loop first") {
    loop.reset();
    store.reset();
  }
}
