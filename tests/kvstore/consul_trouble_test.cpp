// The Consul store when the agent is away, slow, broken or speaks something else.
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include "kvstore/consul.hpp"
#include "kvstore/master_publisher.hpp"
#include "loop.hpp"
#include "scripted_server.hpp"
#include "show_result.hpp"
#include "wait_until.hpp"

using namespace kvstore;
using namespace kvstore_test;

namespace {

const std::string one_entry = R"([{"Key":"k","Value":"dg==","ModifyIndex":5}])";

// A store on a server with a script; the calls have a deadline of 10 s if not said otherwise.
struct Trouble {
  explicit Trouble(ScriptedServer::Script script, ConsulOptions options = {}) : server(std::move(script)) {
    options.address = server.address();
    store = *make_consul_store(std::move(options));
  }
  Result<Entry> get(std::chrono::milliseconds timeout = 10s) { return loop.run(store->get("k", in(timeout))); }
  Result<void> put(std::chrono::milliseconds timeout = 10s) { return loop.run(store->put({"k", "v"}, in(timeout))); }
  Result<void> transact(std::chrono::milliseconds timeout = 10s) {
    return loop.run(store->transact({Put{"k", "v"}}, in(timeout)));
  }

  Loop loop;
  ScriptedServer server;
  std::shared_ptr<KvStore> store;
};

Trouble answering(const std::string& bytes, Reply::Then then = Reply::Then::keep, ConsulOptions options = {}) {
  return Trouble([=](const std::string&, std::size_t) { return Reply{bytes, then}; }, std::move(options));
}

std::uint16_t port_nobody_listens_on() {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

}  // namespace

TEST_CASE("a Consul that is down is a failed connection, and nothing was written") {
  Loop loop;
  const std::string address = "127.0.0.1:" + std::to_string(port_nobody_listens_on());
  const auto store = *make_consul_store({.address = address});
  CHECK(loop.run(store->get("k", in(5s))).error().message() ==
        "consul " + address + ": get k: cannot connect: Connection refused: connection failed");
  CHECK(has_code(loop.run(store->put({"k", "v"}, in(5s))), Errc::connection_failed));
  const auto unnamed = *make_consul_store({.address = "no-such-host.invalid"});
  CHECK(has_code(loop.run(unnamed->get("k", in(20s))), Errc::connection_failed));
}

TEST_CASE("a 500 is a failed read, and leaves the outcome of a write open") {
  Trouble trouble = answering(http_answer("No cluster leader\n", "500 Internal Server Error"));
  const std::string name(trouble.store->name());
  CHECK(trouble.get().error().message() == name + ": get k: HTTP 500 No cluster leader: the store cannot answer");
  CHECK(trouble.put().error().message() ==
        name + ": put k: HTTP 500 No cluster leader: it is unknown whether the write took effect");
  CHECK(is_outcome_unknown(trouble.transact().error()));
}

TEST_CASE("an answer that never comes ends at the deadline, and leaves the outcome of a write open") {
  Trouble trouble = answering("", Reply::Then::hang);
  const auto began = std::chrono::steady_clock::now();
  CHECK(has_code(trouble.get(50ms), Errc::timeout));
  CHECK(has_code(trouble.put(50ms), Errc::outcome_unknown));
  CHECK(has_code(trouble.transact(50ms), Errc::outcome_unknown));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("a cancelled call ends at once") {
  Trouble trouble = answering("", Reply::Then::hang);
  CHECK(trouble.loop.ends_when_cancelled(trouble.store->get("k", in(60s)), 50ms));
  CHECK(trouble.loop.ends_when_cancelled(trouble.store->put({"k", "v"}, in(60s)), 50ms));
  CHECK(trouble.server.requests().size() == 2);
}

TEST_CASE("half an answer is a lost connection, and leaves the outcome of a write open") {
  Trouble trouble = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntr", Reply::Then::close);
  CHECK(has_code(trouble.get(), Errc::connection_lost));
  CHECK(has_code(trouble.put(), Errc::outcome_unknown));
  CHECK(trouble.server.requests().size() == 2);
}

TEST_CASE("garbage is named as such") {
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n\r\n"), http_answer("<html>hello</html>"), http_answer("[{]"),
        http_answer("nothing here", "404 Not Found", ""), http_answer("", "301 Moved Permanently")}) {
    INFO(bytes);
    Trouble trouble = answering(bytes);
    CHECK(has_code(trouble.get(), Errc::protocol_error));
    const auto written = trouble.put();
    REQUIRE_FALSE(written);
    CHECK((is_outcome_unknown(written.error()) || bytes.find("HTTP/1.1 200") == std::string::npos));
  }
}

TEST_CASE("an answer about another key is refused") {
  Trouble trouble = answering(http_answer(R"([{"Key":"other","Value":"dg==","ModifyIndex":5}])"));
  CHECK(has_code(trouble.get(), Errc::protocol_error));
}

TEST_CASE("an answer over the limit is refused before it is kept") {
  Trouble trouble = answering(http_answer(std::string(5000, 'x')), Reply::Then::keep, {.max_answer_bytes = 1000});
  CHECK(has_code(trouble.get(), Errc::too_large));
  CHECK(has_code(trouble.put(), Errc::outcome_unknown));
}

TEST_CASE("a connection is used again, also from another coroutine") {
  Trouble trouble = answering(http_answer(one_entry));
  for (int i = 0; i < 5; ++i) CHECK(trouble.get()->value == "v");
  CHECK(trouble.server.connections() == 1);
  CHECK(trouble.server.requests().size() == 5);
}

TEST_CASE("a kept connection that the server has closed is replaced, for writes too") {
  Trouble trouble([](const std::string& request, std::size_t) {
    return Reply{http_answer(request.starts_with("GET") ? one_entry : "true"), Reply::Then::close};
  });
  for (std::size_t call = 1; call <= 10; ++call) {
    if (call % 2 == 1) CHECK(trouble.get());
    if (call % 2 == 0) CHECK(trouble.put());
    REQUIRE(support::wait_until([&] { return trouble.server.closed() == call; }, 10s));
  }
  CHECK(trouble.server.connections() == 10);
}

TEST_CASE("a kept connection that breaks under a request is tried once more for a read, never for a write") {
  Trouble trouble([](const std::string& request, std::size_t number) {
    if (number == 2 || number == 4) return Reply{"", Reply::Then::close};
    return Reply{http_answer(request.starts_with("GET") ? one_entry : "true")};
  });
  CHECK(trouble.get());                                   // 1: opens the connection
  CHECK(trouble.get());                                   // 2 is cut, 3 is the second try
  CHECK(has_code(trouble.put(), Errc::outcome_unknown));  // 4 is cut
  CHECK(trouble.server.requests().size() == 4);
  CHECK(trouble.put());
}

TEST_CASE("a server that keeps cutting connections is tried twice, not for ever") {
  Trouble trouble([](const std::string&, std::size_t number) {
    return number == 1 ? Reply{http_answer(one_entry)} : Reply{"", Reply::Then::close};
  });
  CHECK(trouble.get());
  CHECK(has_code(trouble.get(), Errc::connection_lost));
  CHECK(trouble.server.requests().size() == 3);
}

TEST_CASE("the token and the datacenter are sent, and the token is in no error") {
  const std::string token = "secret-token-4711";
  Trouble trouble = answering(http_answer("bad token '" + token + "' here", "403 Forbidden"), Reply::Then::keep,
                              {.token = token, .datacenter = "dc2"});
  const auto denied = trouble.get();
  REQUIRE(has_code(denied, Errc::access_denied));
  CHECK(denied.error().message().find(token) == std::string::npos);
  CHECK(denied.error().message().find("(dc2): get k: HTTP 403 bad token '***' here") != std::string::npos);
  const std::string request = trouble.server.requests().at(0);
  CHECK(request.starts_with("GET /v1/kv/k?dc=dc2 HTTP/1.1\r\n"));
  CHECK(request.find("X-Consul-Token: " + token + "\r\n") != std::string::npos);
  CHECK(request.find("Host: " + trouble.server.address() + "\r\n") != std::string::npos);
}

TEST_CASE("options that cannot be are refused at once") {
  CHECK_FALSE(make_consul_store({.address = ""}));
  CHECK_FALSE(make_consul_store({.address = "ftp://host"}));
  CHECK_FALSE(make_consul_store({.address = "host:99999"}));
  CHECK_FALSE(make_consul_store({.datacenter = "dc 1"}));
  const auto bad_token = make_consul_store({.token = "a\r\nX-Evil: 1"});
  REQUIRE_FALSE(bad_token);
  CHECK(bad_token.error().message().find("Evil") == std::string::npos);
  const auto no_ca = make_consul_store({.address = "https://localhost", .tls = {.ca_file = "/nonexistent/ca.pem"}});
  REQUIRE(has_code(no_ca, Errc::tls_failed));
  CHECK(no_ca.error().message().find("CA file '/nonexistent/ca.pem'") != std::string::npos);
  CHECK_FALSE(make_consul_store({.address = "https://localhost", .tls = {.certificate_file = "/nonexistent/c.pem"}}));
  CHECK((*make_consul_store({.address = "http://[::1]"}))->name() == "consul [::1]:8500");
}

TEST_CASE("more calls than allowed are refused while the others go on") {
  Loop loop;
  ScriptedServer server([](const std::string&, std::size_t) { return Reply{http_answer(one_entry)}; });
  const auto store = *make_consul_store({.address = server.address(), .max_calls = 3});
  int served = 0;
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    boost::asio::co_spawn(loop.context(), store->get("k", in(10s)), [&](std::exception_ptr, Result<Entry> result) {
      (result ? served : refused) += 1;
      CHECK((result || has_code(result, Errc::busy)));
    });
  }
  loop.context().run_for(10s);
  CHECK(served == 3);
  CHECK(refused == 2);
}

TEST_CASE("one store is used from many threads at once") {
  ScriptedServer server([](const std::string&, std::size_t) { return Reply{http_answer(one_entry)}; });
  boost::asio::thread_pool pool(4);
  const auto store = *make_consul_store({.address = server.address(), .max_calls = 1000});
  std::vector<std::future<Result<Entry>>> answers;
  for (int i = 0; i < 200; ++i) {
    answers.push_back(boost::asio::co_spawn(pool, store->get("k", in(20s)), boost::asio::use_future));
  }
  for (auto& answer : answers) CHECK(answer.get());
  pool.join();
}

TEST_CASE("publishing to a Consul that hangs, one that fails and one that is gone ends in time and hides nothing") {
  Loop loop;
  ScriptedServer hanging([](const std::string&, std::size_t) { return Reply{"", Reply::Then::hang}; });
  ScriptedServer failing([](const std::string&, std::size_t) {
    return Reply{http_answer("No cluster leader", "500 Internal Server Error")};
  });
  MasterPublisher publisher(
      {*make_consul_store({.address = hanging.address()}), *make_consul_store({.address = failing.address()}),
       *make_consul_store({.address = "127.0.0.1:" + std::to_string(port_nobody_listens_on())})},
      {.store_timeout = 200ms});
  const auto began = std::chrono::steady_clock::now();
  const auto report = loop.run(publisher.publish({{"c1", "db1", 3306, "", ""}}));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  CHECK(report.count(PublishOutcome::failed) == 3);
  CHECK(report.stores[0].error->code == make_error_code(Errc::timeout));
  CHECK(report.stores[1].error->code == make_error_code(Errc::store_failed));
  CHECK(report.stores[2].error->code == make_error_code(Errc::connection_failed));
  CHECK(report.pairs.size() == 5);
}

TEST_CASE("datacenters of a Consul that stops answering are those known before") {
  Loop loop;
  ScriptedServer server([](const std::string&, std::size_t number) {
    if (number == 1 || number > 3) return Reply{http_answer("boom", "500 Internal Server Error")};
    return Reply{http_answer(number == 2 ? R"(["dc1","dc2"])" : R"(["dc2","dc3"])")};
  });
  ConsulDatacenters datacenters({.address = server.address()});
  CHECK_FALSE(loop.run(datacenters.stores(in(10s))));
  const auto first = loop.run(datacenters.stores(in(10s)));
  REQUIRE(first->size() == 2);
  CHECK((*first)[1]->name() == "consul " + server.address() + " (dc2)");
  const auto second = loop.run(datacenters.stores(in(10s)));
  REQUIRE(second->size() == 2);
  CHECK((*second)[0] == (*first)[1]);
  CHECK(*loop.run(datacenters.stores(in(10s))) == *second);
}
