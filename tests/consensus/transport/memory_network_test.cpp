// The in-process network: what a policy does to messages and streams.
#include <algorithm>

#include "catch.hpp"
#include "consensus/memory_transport.hpp"
#include "world.hpp"

namespace consensus_test {
namespace {

using namespace consensus;

struct Fixture {
  Loop loop;
  MemoryWorld world{loop};
  std::unique_ptr<WorldNode> a = world.start({.id = "a"});
  std::unique_ptr<WorldNode> b = world.start({.id = "b"});

  Fixture() {
    a->transport->set_peers(std::vector<Member>{b->member()});
    b->transport->set_peers(std::vector<Member>{a->member()});
  }
  void send(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) a->transport->send({a->id, b->id, Term(1), ReadQuery{first + i}});
  }
  // The numbers of what arrived at b.
  std::vector<std::uint64_t> arrived() const {
    std::vector<std::uint64_t> numbers;
    for (const Message& message : b->recorder->messages) numbers.push_back(std::get<ReadQuery>(message.body).batch);
    return numbers;
  }
};

TEST_CASE("a lossy network loses and doubles about as many messages as it is told to") {
  Fixture f;
  f.world.policy.options.lost_per_million = 300'000;
  f.send(0, 2000);
  f.world.policy.options.lost_per_million = 0;
  f.world.policy.options.doubled_per_million = 500'000;
  f.send(2000, 2000);
  f.world.policy.options.doubled_per_million = 0;
  f.send(4000, 1);
  REQUIRE(f.loop.wait_until([&] { return !f.b->recorder->messages.empty() && f.arrived().back() == 4000; }));
  const auto numbers = f.arrived();
  const auto early = std::ranges::count_if(numbers, [](std::uint64_t number) { return number < 2000; });
  CHECK(early > 1200);
  CHECK(early < 1600);
  const auto late = std::ranges::count_if(numbers, [](std::uint64_t number) { return number >= 2000; });
  CHECK(late > 2800);
  CHECK(late < 3200);
  CHECK(std::ranges::is_sorted(numbers));
}

TEST_CASE("messages overtake each other only if the order is free") {
  Fixture f;
  f.world.policy.options.order = LossyNetworkOptions::Order::free;
  f.send(0, 500);
  REQUIRE(f.loop.wait_until([&] { return f.b->recorder->messages.size() == 500; }));
  CHECK_FALSE(std::ranges::is_sorted(f.arrived()));
}

TEST_CASE("a cut takes away one direction until it is healed") {
  Fixture f;
  f.world.policy.cut(f.a->id, f.b->id);
  f.send(0, 10);
  f.b->transport->send({f.b->id, f.a->id, Term(1), TimeoutNow{}});
  CHECK(f.loop.wait_until([&] { return f.a->recorder->messages.size() == 1; }));
  f.loop.idle(20ms);
  CHECK(f.b->recorder->messages.empty());
  f.world.policy.options.break_delay = 10ms;
  const auto answer = f.loop.run(f.b->transport->request(f.a->address, "x", 5s));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Errc::connection_failed);

  f.world.policy.heal(f.a->id, f.b->id);
  f.send(10, 1);
  CHECK(f.loop.wait_until([&] { return f.b->recorder->messages.size() == 1; }));
  CHECK(f.loop.run(f.b->transport->request(f.a->address, "x", 5s)).has_value());
}

TEST_CASE("nobody hears of the end of a node that is cut off") {
  Fixture f;
  f.world.policy.cut(f.b->id, f.a->id);
  f.world.kill(std::move(f.b));
  f.loop.idle(50ms);
  CHECK(f.a->recorder->lost.empty());
}

TEST_CASE("a snapshot whose connection breaks goes on where it was") {
  Fixture f;
  f.world.policy.options.breaks_per_million = 200'000;
  f.world.policy.options.break_delay = 1ms;
  const auto reader = std::make_shared<ChunkReader>("s1", std::vector<std::string>(40, std::string(1000, 'x')));
  const Message message{f.a->id, f.b->id, Term(1), InstallSnapshot{reader->manifest().meta}};
  int attempts = 0;
  while (f.b->recorder->installed.empty() && attempts < 1000) {
    const auto sent = f.loop.run(f.a->transport->send_snapshot(reader, message, 0));
    ++attempts;
    if (!sent) CHECK(sent.error().code == Errc::connection_failed);
  }
  CHECK(attempts > 1);
  CHECK(f.b->recorder->chunks_put == 40);
}

TEST_CASE("there is one node at an address") {
  Fixture f;
  Recorder recorder;
  MemoryTransport other(*f.a->runtime, f.world.network, {.group = "group", .address = f.a->address});
  const auto started = f.loop.run(other.start(recorder, NodeId("other")));
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().code == Errc::invalid_argument);
}

}  // namespace
}  // namespace consensus_test
