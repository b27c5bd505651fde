// Looking up names while the name server answers, errs and hangs.
#include "catch.hpp"
#include "loop.hpp"
#include "tcp/resolve.hpp"

namespace consensus::tcp {
namespace {

using namespace std::chrono_literals;

// A name server that answers when the test lets it.
struct Fixture {
  consensus_test::Loop loop;
  async::Tasks tasks{loop.context().get_executor()};
  std::vector<LookUpDone> questions{};
  std::shared_ptr<Resolver> resolver =
      std::make_shared<Resolver>(tasks, [this](const Address&, const LookUpDone& done) { questions.push_back(done); });

  consensus_test::Loop::Outcome<Result<Endpoints>> start(const std::string& host, Duration timeout) {
    const std::size_t before = questions.size();
    auto outcome = loop.start(resolver->resolve({host, 7}, timeout));
    REQUIRE(loop.wait_until([&] { return outcome->has_value() || questions.size() > before; }));
    return outcome;
  }
  Result<Endpoints> end(const consensus_test::Loop::Outcome<Result<Endpoints>>& outcome) {
    REQUIRE(loop.wait_until([&] { return outcome->has_value(); }));
    return **outcome;
  }
};

Endpoints endpoints(const char* address) {
  return {{boost::asio::ip::make_address(address), 7}};
}

TEST_CASE("an IP address is not looked up") {
  Fixture f;
  CHECK(f.end(f.start("::1", 1s)).value() == endpoints("::1"));
  CHECK(f.questions.empty());
}

TEST_CASE("a name is looked up each time, and the newest answer counts") {
  Fixture f;
  for (const char* const address : {"10.0.0.1", "10.0.0.2"}) {
    const auto outcome = f.start("db", 10s);
    f.questions.back()({}, endpoints(address));
    CHECK(f.end(outcome).value() == endpoints(address));
  }
  CHECK(f.questions.size() == 2);
}

TEST_CASE("a known name stays known while the name server errs or hangs, and a hanging one is asked once") {
  Fixture f;
  const auto first = f.start("db", 10s);
  f.questions.back()({}, endpoints("10.0.0.1"));
  REQUIRE(f.end(first).has_value());

  const auto failed = f.start("db", 10s);
  f.questions.back()(boost::asio::error::host_not_found, {});
  CHECK(f.end(failed).value() == endpoints("10.0.0.1"));

  CHECK(f.end(f.start("db", 10ms)).value() == endpoints("10.0.0.1"));
  CHECK(f.questions.size() == 3);
  CHECK(f.end(f.start("db", 10s)).value() == endpoints("10.0.0.1"));
  CHECK(f.questions.size() == 3);
  // The answer that comes late is used by the next.
  f.questions.back()({}, endpoints("10.0.0.9"));
  CHECK(f.end(f.start("db", 10ms)).value() == endpoints("10.0.0.9"));
  CHECK(f.questions.size() == 4);
}

TEST_CASE("a name that was never known is an error") {
  Fixture f;
  const auto failed = f.start("db", 10s);
  f.questions.back()(boost::asio::error::host_not_found, {});
  CHECK(f.end(failed).error().code == Errc::timeout);
  CHECK(f.end(f.start("db", 10ms)).error().context == "host name 'db' was not looked up in time");
  CHECK(f.end(f.start("db", 10ms)).error().context == "host name 'db' is still being looked up");
}

TEST_CASE("closing ends a look-up, whose answer is dropped") {
  Fixture f;
  const auto outcome = f.start("db", 1h);
  f.tasks.close_all(make_error(Errc::stopped, "test"));
  CHECK(f.end(outcome).error() == make_error(Errc::stopped, "test"));
  f.resolver.reset();
  f.questions.back()({}, endpoints("10.0.0.1"));
}

}  // namespace
}  // namespace consensus::tcp
