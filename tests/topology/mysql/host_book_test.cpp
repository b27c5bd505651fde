// Look-ups against a real DNS server, answering and silent.
#include "topology/mysql/host_book.hpp"

#include <memory>

#include "catch.hpp"
#include "event_loop.hpp"
#include "sandbox/private_names.hpp"

namespace {

using namespace std::chrono_literals;
using namespace topology;
using mysql::AfterFailure;
using mysql::HostAnswer;
using mysql::HostBook;
using mysql::LookUpTerms;
using test::Clock;

const HostAnswer db1{"db1.example", {"127.0.0.11"}};

sandbox::NameServer& name_server() {
  return sandbox::private_names({.hosts = {{"db1.example", "127.0.0.11"}, {"db2.example", "127.0.0.12,fd00::12"}},
                                 .aliases = {{"db-alias.example", "db1.example"}}});
}

// Everything of a silent server is over, for the next test.
class Silence {
 public:
  Silence() { name_server().freeze(); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { end(); }
  void end() { name_server().thaw(); }
};

}  // namespace

TEST_CASE("an alias, a name and an address are looked up") {
  name_server();
  test::EventLoop loop;
  HostBook book(loop.executor());
  CHECK(loop.run(book.look_up("db-alias.example", {})).value() == db1);
  CHECK(loop.run(book.look_up("db1.example", {})).value() == db1);
  const auto two = loop.run(book.look_up("db2.example", {})).value();
  CHECK(two.canonical_name == "db2.example");
  CHECK(two.addresses.size() == 2);
  CHECK(loop.run(book.look_up("127.0.0.9", {})).value() == HostAnswer{"127.0.0.9", {"127.0.0.9"}});
  CHECK(loop.run(book.look_up("fd00::1", {})).value() == HostAnswer{"fd00::1", {"fd00::1"}});
}

TEST_CASE("a name that does not exist is an error that names it") {
  name_server();
  test::EventLoop loop;
  HostBook book(loop.executor());
  for (int time = 0; time < 2; ++time) {
    const auto answer = loop.run(book.look_up("nobody.example", {.after_failure = AfterFailure::ask_again}));
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == make_error(Errc::name_resolution, "'nobody.example': Name or service not known"));
  }
}

TEST_CASE("a silent DNS server costs its callers one patience, whatever the number of names, and later ones nothing") {
  name_server();
  test::EventLoop loop;
  HostBook book(loop.executor());
  const Silence silence;
  const LookUpTerms terms{.patience = 1000ms};
  const auto look_up_all = [&] {
    const auto start = Clock::now();
    for (int number = 0; number < 300; ++number) {
      book.ask("silent-" + std::to_string(number) + ".example", terms);
    }
    for (int number = 0; number < 300; ++number) {
      const auto answer = loop.run(book.look_up("silent-" + std::to_string(number) + ".example", terms));
      CHECK(!answer);
      CHECK((!answer && answer.error().code == make_error_code(Errc::timeout)));
    }
    return Clock::now() - start;
  };
  const auto first = look_up_all();
  CHECK(first >= 1000ms);
  CHECK(first < 4000ms);
  CHECK(look_up_all() < 900ms);
  CHECK(loop.longest_gap() < 500ms);
}

TEST_CASE("an old answer is given while DNS is silent, and renewed when it speaks again") {
  name_server();
  test::EventLoop loop;
  HostBook book(loop.executor());
  REQUIRE(loop.run(book.look_up("db-alias.example", {})));
  Silence silence;
  book.expire();
  const auto start = Clock::now();
  CHECK(loop.run(book.look_up("db-alias.example", {})).value() == db1);
  CHECK(Clock::now() - start < 900ms);
  // A caller that waits for a new name gets it as soon as there is an answer.
  book.ask("db1.example", {});
  silence.end();
  CHECK(loop.run(book.look_up("db1.example", {.patience = 20s})).value() == db1);
}

TEST_CASE("a book may go while names are looked up, and its event loop after it") {
  name_server();
  const Silence silence;
  auto loop = std::make_unique<test::EventLoop>();
  auto book = std::make_unique<HostBook>(loop->executor());
  for (int number = 0; number < 20; ++number) {
    book->ask("unanswered-" + std::to_string(number) + ".example", {});
  }
  CHECK_FALSE(loop->run(book->look_up("unanswered-0.example", {.patience = 100ms})));
  book.reset();
  loop.reset();
}
