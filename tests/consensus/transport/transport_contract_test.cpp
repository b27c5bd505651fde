// What every transport does: one suite over all of them.
#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "catch.hpp"
#include "random_message.hpp"
#include "world.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
namespace asio = boost::asio;

Message between(const WorldNode& from, const NodeId& to, std::uint64_t round) {
  return {from.id, to, Term(1), ReadQuery{round}};
}

void know_each_other(const std::vector<WorldNode*>& nodes) {
  std::vector<Member> members;
  for (const WorldNode* node : nodes) members.push_back(node->member());
  for (WorldNode* node : nodes) node->transport->set_peers(members);
}

// Sends until something arrives, since messages may be lost before there is a connection.
bool reach(Loop& loop, WorldNode& from, const WorldNode& to) {
  const auto arrived = [&] {
    const auto is_from = [&](const Message& message) { return message.from == from.id; };
    return std::ranges::count_if(to.recorder->messages, is_from);
  };
  const auto before = arrived();
  return loop.wait_until([&] {
    from.transport->send(between(from, to.id, 0));
    return arrived() > before;
  });
}

template <class World>
struct Pair {
  Loop loop;
  World world{loop};
  std::unique_ptr<WorldNode> a = world.start({.id = "a"});
  std::unique_ptr<WorldNode> b = world.start({.id = "b"});

  // Both ways, with nothing more under way.
  void connect() {
    know_each_other({a.get(), b.get()});
    REQUIRE(reach(loop, *a, *b));
    REQUIRE(reach(loop, *b, *a));
    loop.idle(50ms);
    a->recorder->messages.clear();
    b->recorder->messages.clear();
  }
};

asio::awaitable<Result<std::string>> never() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
  co_return std::string();
}

std::vector<std::string> some_chunks(std::size_t count) {
  std::vector<std::string> chunks;
  for (std::size_t i = 0; i < count; ++i) chunks.emplace_back(20'000 + i, static_cast<char>('a' + i % 26));
  return chunks;
}

Message snapshot_message(const WorldNode& from, const WorldNode& to, const SnapshotReader& reader) {
  return {from.id, to.id, Term(4), InstallSnapshot{reader.manifest().meta}};
}

TEMPLATE_TEST_CASE("messages arrive whole and in order, both ways", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  RandomMessages random(3);
  std::vector<Message> sent;
  for (int i = 0; i < 300; ++i) {
    Message message = random.next();
    WorldNode& from = i % 3 == 0 ? *pair.b : *pair.a;
    message.from = from.id;
    message.to = i % 3 == 0 ? pair.a->id : pair.b->id;
    sent.push_back(message);
    from.transport->send(message);
  }
  CHECK(pair.loop.wait_until(
      [&] { return pair.a->recorder->messages.size() == 100 && pair.b->recorder->messages.size() == 200; }));
  std::vector<Message> to_a;
  std::vector<Message> to_b;
  for (const Message& message : sent) (message.to == pair.a->id ? to_a : to_b).push_back(message);
  CHECK(pair.a->recorder->messages == to_a);
  CHECK(pair.b->recorder->messages == to_b);
}

TEMPLATE_TEST_CASE("a killed peer is reported lost at once, once, to whoever was connected either way", "", TcpWorld,
                   MemoryWorld) {
  Pair<TestType> pair;
  auto c = pair.world.start({.id = "c"});
  // a sends to b; b, which does not know c, hears from c.
  pair.a->transport->set_peers(std::vector<Member>{pair.b->member()});
  c->transport->set_peers(std::vector<Member>{pair.b->member()});
  REQUIRE(reach(pair.loop, *pair.a, *pair.b));
  REQUIRE(reach(pair.loop, *c, *pair.b));
  const NodeId c_id = c->id;
  pair.world.kill(std::move(c));
  CHECK(pair.loop.wait_until([&] { return pair.b->recorder->times_lost(c_id) == 1; }, 2s));
  const NodeId b_id = pair.b->id;
  pair.world.kill(std::move(pair.b));
  CHECK(pair.loop.wait_until([&] { return pair.a->recorder->times_lost(b_id) > 0; }, 2s));
  pair.loop.idle(200ms);
  CHECK(pair.a->recorder->times_lost(b_id) == 1);
}

TEMPLATE_TEST_CASE("a peer that is not there is reported lost, and found when it comes", "", TcpWorld, MemoryWorld) {
  Loop loop;
  TestType world(loop);
  auto a = world.start({.id = "a"});
  const std::string address = world.vacant_address();
  a->transport->set_peers(std::vector<Member>{{NodeId("b"), address}});
  CHECK(loop.wait_until([&] {
    a->transport->send(between(*a, NodeId("b"), 1));
    return a->recorder->times_lost(NodeId("b")) == 1;
  }));
  auto b = world.start({.id = "b", .address = address});
  CHECK(reach(loop, *a, *b));
}

TEMPLATE_TEST_CASE("messages flow again when a peer is back after being killed", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const std::string address = pair.b->address;
  pair.world.kill(std::move(pair.b));
  CHECK(pair.loop.wait_until([&] { return pair.a->recorder->times_lost(NodeId("b")) > 0; }));
  pair.b = pair.world.start({.id = "b", .address = address});
  CHECK(reach(pair.loop, *pair.a, *pair.b));
  pair.b->transport->set_peers(std::vector<Member>{pair.a->member()});
  CHECK(reach(pair.loop, *pair.b, *pair.a));
}

TEMPLATE_TEST_CASE("nothing comes from another group, and its peer counts as lost", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  auto stranger = pair.world.start({.id = "s", .group = "another group"});
  stranger->transport->set_peers(std::vector<Member>{pair.a->member()});
  CHECK(pair.loop.wait_until([&] {
    stranger->transport->send(between(*stranger, pair.a->id, 1));
    return stranger->recorder->times_lost(pair.a->id) == 1;
  }));
  pair.loop.idle(100ms);
  CHECK(pair.a->recorder->messages.empty());
  const auto answer = pair.loop.run(stranger->transport->request(pair.a->address, "hello", 5s));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Errc::incompatible);
  CHECK(answer.error().context.find("'another group'") != std::string::npos);
  CHECK(pair.a->recorder->requests.empty());
}

TEMPLATE_TEST_CASE("nothing goes to another incarnation of a peer", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  const NodeId former("b-before-its-disk-was-lost");
  pair.a->transport->set_peers(std::vector<Member>{{former, pair.b->address}});
  CHECK(pair.loop.wait_until([&] {
    pair.a->transport->send(between(*pair.a, former, 1));
    return pair.a->recorder->times_lost(former) == 1;
  }));
  const auto reader = std::make_shared<ChunkReader>("s1", some_chunks(1));
  const Message message{pair.a->id, former, Term(1), InstallSnapshot{reader->manifest().meta}};
  const auto sent = pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0));
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().code == Errc::incompatible);
  CHECK(pair.b->recorder->messages.empty());
  CHECK(pair.b->recorder->chunks.empty());
}

TEMPLATE_TEST_CASE("a caller that is no peer is answered where it says it is", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.a->transport->set_peers(std::vector<Member>{pair.b->member()});
  REQUIRE(reach(pair.loop, *pair.a, *pair.b));
  CHECK(reach(pair.loop, *pair.b, *pair.a));
  CHECK(pair.b->recorder->lost.empty());
}

TEMPLATE_TEST_CASE("a message to someone unknown is lost", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.a->transport->send(between(*pair.a, NodeId("nobody"), 1));
  pair.loop.idle(50ms);
  CHECK(pair.b->recorder->messages.empty());
}

TEMPLATE_TEST_CASE("a peer that is no longer wanted is not told that this node is lost", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  pair.a->transport->set_peers({});
  pair.loop.idle(100ms);
  CHECK(pair.b->recorder->lost.empty());
  // But it may still be written to.
  CHECK(reach(pair.loop, *pair.b, *pair.a));
}

TEMPLATE_TEST_CASE("a peer that moved is found at its new address", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  pair.world.kill(std::move(pair.b));
  pair.b = pair.world.start({.id = "b"});
  know_each_other({pair.a.get(), pair.b.get()});
  CHECK(reach(pair.loop, *pair.a, *pair.b));
}

TEMPLATE_TEST_CASE("a peer that moved and calls is answered where it is now, before anybody else says so", "", TcpWorld,
                   MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const Member before = pair.b->member();
  pair.world.kill(std::move(pair.b));
  pair.b = pair.world.start({.id = "b"});
  pair.b->transport->set_peers(std::vector<Member>{pair.a->member()});
  REQUIRE(reach(pair.loop, *pair.b, *pair.a));
  CHECK(reach(pair.loop, *pair.a, *pair.b));
  // Nor does it help to be told the old address once more.
  pair.a->transport->set_peers(std::vector<Member>{before});
  CHECK(reach(pair.loop, *pair.a, *pair.b));
  // A peer that moves back is found where it was known to be all the time.
  pair.world.kill(std::move(pair.b));
  pair.b = pair.world.start({.id = "b", .address = before.address});
  CHECK(reach(pair.loop, *pair.a, *pair.b));
}

TEMPLATE_TEST_CASE("a snapshot arrives with its message", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto chunks = some_chunks(20);
  const auto reader = std::make_shared<ChunkReader>("s1", chunks);
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  const auto sent = pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0));
  CHECK(sent.has_value());
  CHECK(pair.b->recorder->chunks["s1"] == chunks);
  CHECK(pair.b->recorder->installed == std::vector<Message>{message});
  // All of it is there: nothing but the message is sent again.
  CHECK(pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0)).has_value());
  CHECK(pair.b->recorder->chunks_put == 20);
  CHECK(pair.b->recorder->installed.size() == 2);
}

TEMPLATE_TEST_CASE("a snapshot goes on where it broke off, and the messages never mind", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto chunks = some_chunks(20);
  const auto reader = std::make_shared<ChunkReader>("s1", chunks);
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  std::atomic<bool> broken = false;
  pair.b->recorder->chunks_before_break = 7;
  pair.b->recorder->on_break = [&] { broken = true; };
  const auto sent = pair.loop.start(pair.a->transport->send_snapshot(reader, message, 0));
  REQUIRE(pair.loop.wait_until([&] { return broken.load(); }));
  const std::string address = pair.b->address;
  const auto disk = pair.b->recorder;
  pair.world.kill(std::move(pair.b));
  REQUIRE(pair.loop.wait_until([&] { return sent->has_value(); }));
  CHECK_FALSE((**sent).has_value());
  CHECK((**sent).error().code == Errc::connection_failed);

  const std::size_t kept = disk->chunks["s1"].size();
  CHECK(kept >= 7);
  disk->chunks_put = 0;
  disk->chunks_before_break = 0;
  pair.b = pair.world.start({.id = "b", .address = address, .recorder = disk});
  REQUIRE(reach(pair.loop, *pair.a, *pair.b));
  CHECK(pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0)).has_value());
  CHECK(disk->chunks["s1"] == chunks);
  CHECK(disk->chunks_put == chunks.size() - kept);
}

TEMPLATE_TEST_CASE("messages pass while a snapshot is sent", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto reader = std::make_shared<ChunkReader>("s1", some_chunks(50));
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  const auto sent = pair.loop.start(pair.a->transport->send_snapshot(reader, message, 5'000'000));
  REQUIRE(pair.loop.wait_until([&] { return pair.b->recorder->chunks_put > 0; }));
  pair.a->transport->send(between(*pair.a, pair.b->id, 5));
  CHECK(pair.loop.wait_until([&] { return pair.b->recorder->messages.size() == 1; }));
  CHECK_FALSE(sent->has_value());
  REQUIRE(pair.loop.wait_until([&] { return sent->has_value(); }));
  CHECK((**sent).has_value());
}

TEMPLATE_TEST_CASE("the receiver's errors are told to the sender of a snapshot", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto reader = std::make_shared<ChunkReader>("s1", some_chunks(3));
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  pair.b->recorder->refusal = make_error(Errc::no_space, "disk of b");
  const auto refused = pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error() == make_error(Errc::no_space, "disk of b"));

  pair.b->recorder->refusal.reset();
  pair.b->recorder->install = []() -> asio::awaitable<Result<void>> {
    co_return make_error(Errc::corrupt, "the whole of s1");
  };
  const auto failed = pair.loop.run(pair.a->transport->send_snapshot(reader, message, 0));
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error() == make_error(Errc::corrupt, "the whole of s1"));

  const Message to_nobody{pair.a->id, NodeId("nobody"), Term(1), InstallSnapshot{}};
  const auto unknown = pair.loop.run(pair.a->transport->send_snapshot(reader, to_nobody, 0));
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == Errc::not_member);
}

TEMPLATE_TEST_CASE("a snapshot is sent no faster than it may", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto reader = std::make_shared<ChunkReader>("s1", some_chunks(10));
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  const auto start = std::chrono::steady_clock::now();
  // 200,000 bytes, of which a tenth of a second's worth may go at once.
  CHECK(pair.loop.run(pair.a->transport->send_snapshot(reader, message, 400'000)).has_value());
  CHECK(std::chrono::steady_clock::now() - start >= 300ms);
}

TEMPLATE_TEST_CASE("a newer snapshot from the same peer ends the one before", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  const auto old = std::make_shared<ChunkReader>("s1", some_chunks(30));
  const Message message = snapshot_message(*pair.a, *pair.b, *old);
  const auto replaced = pair.loop.start(pair.a->transport->send_snapshot(old, message, 50'000));
  REQUIRE(pair.loop.wait_until([&] { return pair.b->recorder->chunks_put == 2; }));
  const auto newer = std::make_shared<ChunkReader>("s2", some_chunks(3));
  CHECK(pair.loop.run(pair.a->transport->send_snapshot(newer, message, 0)).has_value());
  CHECK(pair.b->recorder->chunks["s2"].size() == 3);
  REQUIRE(pair.loop.wait_until([&] { return replaced->has_value(); }));
  CHECK_FALSE((**replaced).has_value());
}

TEMPLATE_TEST_CASE("requests are answered, whoever asks", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  const std::string large(300'000, 'x');
  for (const std::string& request : {std::string("join"), std::string(), large, std::string("again")}) {
    const auto answer = pair.loop.run(pair.a->transport->request(pair.b->address, request, 5s));
    REQUIRE(answer.has_value());
    CHECK(*answer == "answer to " + request);
    CHECK(pair.b->recorder->requests.back() == "a: " + request);
  }
  // Many at a time.
  std::vector<Loop::Outcome<Result<std::string>>> answers;
  for (int i = 0; i < 30; ++i) {
    answers.push_back(pair.loop.start(pair.a->transport->request(pair.b->address, std::to_string(i), 5s)));
  }
  CHECK(pair.loop.wait_until(
      [&] { return std::ranges::all_of(answers, [](const auto& answer) { return answer->has_value(); }); }));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK((**answers[i]).value() == "answer to " + std::to_string(i));
  }
}

TEMPLATE_TEST_CASE("the error of a request comes back with its code and context", "", TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.b->recorder->answer = [](NodeId, std::string) -> asio::awaitable<Result<std::string>> {
    co_return make_error(Errc::not_leader, "c");
  };
  const auto answer = pair.loop.run(pair.a->transport->request(pair.b->address, "propose", 5s));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error() == make_error(Errc::not_leader, "c"));
}

TEMPLATE_TEST_CASE("a request that nobody received failed; one that nobody answers may have been carried out", "",
                   TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  const auto refused = pair.loop.run(pair.a->transport->request(pair.world.vacant_address(), "x", 5s));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::connection_failed);

  REQUIRE(pair.loop.run(pair.a->transport->request(pair.b->address, "x", 5s)).has_value());
  pair.b->recorder->answer = [](NodeId, std::string) { return never(); };
  const auto late = pair.loop.run(pair.a->transport->request(pair.b->address, "x", 500ms));
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == Errc::outcome_unknown);

  const auto cut = pair.loop.start(pair.a->transport->request(pair.b->address, "y", 20s));
  REQUIRE(pair.loop.wait_until([&] { return pair.b->recorder->requests.size() == 3; }));
  pair.world.kill(std::move(pair.b));
  REQUIRE(pair.loop.wait_until([&] { return cut->has_value(); }));
  REQUIRE_FALSE((**cut).has_value());
  CHECK((**cut).error().code == Errc::outcome_unknown);
}

TEMPLATE_TEST_CASE("stop ends all that is under way, here and in the handler, and nothing comes afterwards", "",
                   TcpWorld, MemoryWorld) {
  Pair<TestType> pair;
  pair.connect();
  pair.b->recorder->answer = [](NodeId, std::string) { return never(); };
  pair.a->recorder->answer = pair.b->recorder->answer;
  pair.b->recorder->install = []() -> asio::awaitable<Result<void>> {
    auto waiting = never();
    auto ended = co_await std::move(waiting);
    co_return ended ? Result<void>() : ended.error();
  };
  const auto reader = std::make_shared<ChunkReader>("s1", some_chunks(3));
  const Message message = snapshot_message(*pair.a, *pair.b, *reader);
  const auto snapshot = pair.loop.start(pair.a->transport->send_snapshot(reader, message, 0));
  const auto slow = std::make_shared<ChunkReader>("s2", some_chunks(30));
  const Message back = snapshot_message(*pair.b, *pair.a, *slow);
  const auto throttled = pair.loop.start(pair.b->transport->send_snapshot(slow, back, 1000));
  const auto asked = pair.loop.start(pair.a->transport->request(pair.b->address, "x", 1h));
  const auto asking = pair.loop.start(pair.b->transport->request(pair.a->address, "y", 1h));
  REQUIRE(pair.loop.wait_until([&] {
    return pair.b->recorder->requests.size() == 1 && pair.a->recorder->requests.size() == 1 &&
           pair.b->recorder->chunks_put == 3;
  }));
  for (int i = 0; i < 1000; ++i) pair.a->transport->send(between(*pair.a, pair.b->id, 1));
  pair.loop.run(pair.a->transport->stop());
  pair.a->transport->send(between(*pair.a, pair.b->id, 2));
  REQUIRE(pair.loop.wait_until([&] { return snapshot->has_value() && asked->has_value(); }));
  CHECK((**snapshot).error().code == Errc::stopped);
  CHECK_FALSE((**asked).has_value());
  const auto late = pair.loop.run(pair.a->transport->request(pair.b->address, "z", 1s));
  CHECK(late.error().code == Errc::stopped);
  pair.a->recorder->messages.clear();
  pair.b->transport->send(between(*pair.b, pair.a->id, 3));
  pair.loop.run(pair.b->transport->stop());
  REQUIRE(pair.loop.wait_until([&] { return asking->has_value() && throttled->has_value(); }));
  CHECK_FALSE((**asking).has_value());
  CHECK_FALSE((**throttled).has_value());
  CHECK(pair.a->recorder->messages.empty());
}

}  // namespace
}  // namespace consensus_test
