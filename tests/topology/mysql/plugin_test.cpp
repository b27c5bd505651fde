// Tests of a client library whose authentication plugins are missing; a program of its own, since the library reads
// the directory's name once.
#include <cstdlib>

#include "catch.hpp"
#include "event_loop.hpp"
#include "sandbox/temporary_directory.hpp"
#include "sandbox_server.hpp"
#include "topology/mysql/session.hpp"

using topology::mysql::Session;

TEST_CASE("a missing authentication plugin is named with its directory and Debian package") {
  const sandbox::TemporaryDirectory empty;
  REQUIRE(setenv("MARIADB_PLUGIN_DIR", empty.path().c_str(), 1) == 0);
  // Its own connections need the plugin too: only the process is started here.
  const sandbox::TemporaryDirectory directory;
  sandbox::Server server(sandbox::found_or_skip(sandbox::find_database(test::flavour)), directory.path(), {});
  server.launch();
  test::EventLoop loop;
  topology::Result<std::unique_ptr<Session>> session = topology::make_error(topology::Errc::timeout, "");
  const auto options = test::options_for(server, sandbox::root_account());
  REQUIRE(loop.run_until(
      [&] {
        session = loop.run(Session::connect(loop.executor(), options, test::in(std::chrono::seconds(5))));
        return session || session.error().code != topology::Errc::connection_failed;
      },
      std::chrono::seconds(60)));
  REQUIRE_FALSE(session);
  const auto text = session.error().message();
  INFO(text);
  CHECK(session.error().code == topology::Errc::access_denied);
  CHECK(text.find("caching_sha2_password") != std::string::npos);
  CHECK(text.find(empty.path().string()) != std::string::npos);
  CHECK(text.find("libmariadb3") != std::string::npos);
}
