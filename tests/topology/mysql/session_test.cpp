// Tests of sessions against a real server: statements, errors, deadlines, cancellation, loss.
#include "topology/mysql/session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

#include "catch.hpp"
#include "event_loop.hpp"
#include "sandbox_server.hpp"
#include "silent_server.hpp"

using namespace std::chrono_literals;
using namespace topology::mysql;
using sandbox::root_account;
using test::EventLoop;
using test::in;
using test::options_for;
using topology::Errc;
using topology::Error;

namespace {

// One server for all tests of the program; no test changes it for good.
sandbox::Server& server() {
  static sandbox::Topology topology(test::of_flavour(sandbox::star(1)));
  return topology.master();
}

std::unique_ptr<Session> connected(EventLoop& loop,
                                   const ConnectOptions& options = options_for(server(), root_account())) {
  auto session = loop.run(Session::connect(loop.executor(), options, in(10s)));
  INFO((session ? std::string() : session.error().message()));
  REQUIRE(session);
  return std::move(*session);
}

Error connect_error(EventLoop& loop, const ConnectOptions& options, std::chrono::milliseconds time = 10s) {
  const auto session = loop.run(Session::connect(loop.executor(), options, in(time)));
  REQUIRE_FALSE(session);
  return session.error();
}

bool mentions(const Error& error, const std::string& text) {
  return error.message().find(text) != std::string::npos;
}

std::uint16_t unused_port() {
  boost::asio::io_context context;
  using boost::asio::ip::tcp;
  const tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  return acceptor.local_endpoint().port();
}

}  // namespace

TEST_CASE("several statements give several result sets in one call") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto answer = loop.run(session->query("SELECT 1 AS a, NULL AS b; SET @x = 5; SELECT @x AS x", in(10s)));
  REQUIRE(answer);
  CHECK_FALSE(answer->failure.has_value());
  REQUIRE(answer->results.size() == 3);
  CHECK(answer->results[0].row(0).text("A") == "1");
  CHECK_FALSE(answer->results[0].row(0).get("b").has_value());
  CHECK(answer->results[1].empty());
  CHECK(answer->results[2].row(0).number<int>("x") == 5);
}

TEST_CASE("a refused statement ends the text but not the session") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto answer = loop.run(session->query("SELECT 1; SELECT * FROM mysql.no_such_table; SELECT 3", in(10s)));
  REQUIRE(answer);
  CHECK(answer->results.size() == 1);
  REQUIRE(answer->failure.has_value());
  CHECK(answer->failure->number == 1146);
  CHECK(answer->failure->error.code == Errc::query_failed);
  CHECK(mentions(answer->failure->error, server().endpoint()));
  CHECK(mentions(answer->failure->error, "no_such_table"));
  const auto next = loop.run(session->execute("SELECT 4 AS n", in(10s)));
  REQUIRE(next);
  CHECK(next->row(0).text("n") == "4");
}

TEST_CASE("large values arrive whole") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto rows = loop.run(session->execute("SELECT REPEAT('x', 3000000) AS big", in(10s)));
  REQUIRE(rows);
  CHECK(rows->row(0).text("big").size() == 3'000'000);
}

TEST_CASE("a wrong password is reported with account and server, never with the password") {
  EventLoop loop;
  auto options = options_for(server(), {"root", "very wrong"});
  for (const auto mode : {TlsMode::off, TlsMode::when_demanded}) {
    options.tls.mode = mode;
    const auto error = connect_error(loop, options);
    CHECK(error.code == Errc::access_denied);
    CHECK(mentions(error, "'root'"));
    CHECK(mentions(error, server().endpoint()));
    CHECK_FALSE(mentions(error, "very wrong"));
  }
}

TEST_CASE("a syntax error in a statement with a password does not quote it") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto rows = loop.run(session->execute("ALTER USER x IDENTIFIED BYE 'hush'", in(10s)));
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == Errc::query_failed);
  CHECK_FALSE(mentions(rows.error(), "hush"));
}

TEST_CASE("a refused connection is an error at once") {
  EventLoop loop;
  auto options = options_for(server(), root_account());
  options.server.port = unused_port();
  const auto started = test::Clock::now();
  CHECK(connect_error(loop, options).code == Errc::connection_failed);
  CHECK(test::Clock::now() - started < 5s);
}

TEST_CASE("a name without an address is told apart from a server that is down") {
  EventLoop loop;
  auto options = options_for(server(), root_account());
  options.server.hostname = "no-such-host.invalid";
  const auto error = connect_error(loop, options);
  CHECK(error.code == Errc::name_resolution);
  CHECK(mentions(error, "no-such-host.invalid"));
}

TEST_CASE("a host name is looked up and each of its addresses tried") {
  EventLoop loop;
  auto options = options_for(server(), root_account());
  options.server.hostname = "localhost";
  CHECK(connected(loop, options)->is_alive());
}

TEST_CASE("a server that accepts and never answers costs the deadline and blocks nobody") {
  EventLoop loop;
  for (const auto& greeting : {std::string(), test::greeting_with_tls()}) {
    const test::SilentServer silent(greeting);
    auto options = options_for(server(), root_account());
    options.server = silent.key();
    options.tls.mode = greeting.empty() ? TlsMode::off : TlsMode::required;
    const auto started = test::Clock::now();
    CHECK(connect_error(loop, options, 300ms).code == Errc::timeout);
    CHECK(test::Clock::now() - started >= 300ms);
    CHECK(test::Clock::now() - started < 2s);
    CHECK(loop.longest_gap() < 200ms);
  }
}

TEST_CASE("a statement that outlives its deadline ends the session") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto started = test::Clock::now();
  const auto answer = loop.run(session->query("SELECT SLEEP(30)", in(200ms)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::timeout);
  CHECK(is_outcome_unknown(answer.error()));
  CHECK(test::Clock::now() - started < 5s);
  CHECK(loop.longest_gap() < 200ms);
  CHECK_FALSE(session->is_alive());
  const auto after = loop.run(session->query("SELECT 1", in(1s)));
  REQUIRE_FALSE(after);
  CHECK(after.error().code == Errc::connection_lost);
}

TEST_CASE("a cancelled statement ends the session") {
  EventLoop loop;
  const auto session = connected(loop);
  boost::asio::cancellation_signal signal;
  const auto answer = loop.run_cancelled(session->query("SELECT SLEEP(30)", in(60s)), signal, 100ms);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::canceled);
  CHECK_FALSE(session->is_alive());
}

TEST_CASE("connecting can be cancelled") {
  EventLoop loop;
  const test::SilentServer silent;
  auto options = options_for(server(), root_account());
  options.server = silent.key();
  boost::asio::cancellation_signal signal;
  const auto session = loop.run_cancelled(Session::connect(loop.executor(), options, in(60s)), signal, 100ms);
  REQUIRE_FALSE(session);
  CHECK(session.error().code == Errc::canceled);
}

TEST_CASE("a connection killed while idle is noticed at once") {
  EventLoop loop;
  const auto session = connected(loop);
  REQUIRE(loop.run(session->ping(in(10s))));
  int lost = 0;
  session->set_lost_handler([&] { ++lost; });
  const auto connection = std::to_string(session->connection_id());
  server().execute("KILL " + connection);
  CHECK(loop.run_until([&] { return lost == 1; }, 10s));
  CHECK_FALSE(session->is_alive());
}

TEST_CASE("a connection killed during a statement is a lost connection and not an idle loss") {
  EventLoop loop;
  const auto session = connected(loop);
  int lost = 0;
  session->set_lost_handler([&] { ++lost; });
  const auto killer = connected(loop);
  const auto connection = std::to_string(session->connection_id());
  boost::asio::co_spawn(
      loop.context(), killer->execute("DO SLEEP(0.3)", in(10s)),
      [&](std::exception_ptr, const topology::Result<ResultSet>&) { server().execute("KILL " + connection); });
  const auto answer = loop.run(session->query("SELECT SLEEP(30)", in(60s)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::connection_lost);
  CHECK(lost == 0);
}

TEST_CASE("a closed session takes leave of the server") {
  EventLoop loop;
  const auto session = connected(loop);
  const auto id = std::to_string(session->connection_id());
  loop.run([](Session& closing) -> boost::asio::awaitable<int> {
    co_await closing.close(in(5s));
    co_return 0;
  }(*session));
  CHECK_FALSE(session->is_alive());
  const auto other = connected(loop);
  CHECK(loop.run_until(
      [&] { return server().query("SELECT ID FROM information_schema.PROCESSLIST WHERE ID = " + id).empty(); }, 10s));
}

TEST_CASE("the server may not ask for local files") {
  EventLoop loop;
  server().execute("SET GLOBAL local_infile = 1");
  server().execute("CREATE DATABASE IF NOT EXISTS app");
  const auto session = connected(loop);
  REQUIRE(loop.run(session->execute("CREATE TEMPORARY TABLE app.files (line TEXT)", in(10s))));
  const auto loaded =
      loop.run(session->execute("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE app.files", in(10s)));
  CHECK_FALSE(loaded);
}

TEST_CASE("autocommit is on even where the server's default is off") {
  EventLoop loop;
  server().execute("SET GLOBAL autocommit = 0");
  const auto session = connected(loop);
  server().execute("SET GLOBAL autocommit = 1");
  const auto rows = loop.run(session->execute("SELECT @@autocommit AS a", in(10s)));
  REQUIRE(rows);
  CHECK(rows->row(0).text("a") == "1");
}

TEST_CASE("two hundred sessions live side by side") {
  EventLoop loop;
  server().execute("SET GLOBAL max_connections = 400");
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < 200; ++i) {
    sessions.push_back(connected(loop));
  }
  for (const auto& session : sessions) {
    REQUIRE(loop.run(session->ping(in(10s))));
  }
}
