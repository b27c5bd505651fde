// What is special about TCP: addresses, slow and rude peers, limits.
#include "consensus/tcp_transport.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "catch.hpp"
#include "raw_peer.hpp"
#include "wire/hello.hpp"
#include "wire/message_codec.hpp"
#include "world.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
namespace asio = boost::asio;

struct Fixture {
  Loop loop;
  TcpWorld world{loop};

  TcpTransport& tcp(WorldNode& node) { return dynamic_cast<TcpTransport&>(*node.transport); }
  LinkStatus status(WorldNode& node) { return tcp(node).peers().at(0); }
  bool reach(WorldNode& from, const WorldNode& to) {
    return loop.wait_until([&] {
      from.transport->send({from.id, to.id, Term(1), TimeoutNow{}});
      return !to.recorder->messages.empty();
    });
  }
};

void introduce(WorldNode& node, const Member& peer) {
  node.transport->set_peers(std::vector<Member>{peer});
}

Message append_of(const WorldNode& from, const NodeId& to, std::size_t bytes) {
  AppendRequest append;
  append.entries.push_back(make_entry({}, Term(1), EntryKind::command, Payload(std::string(bytes, 'x'))));
  return {from.id, to, Term(1), append};
}

wire::Hello hello_of(const std::string& from, const std::string& to, wire::Purpose purpose) {
  wire::Hello hello;
  hello.purpose = purpose;
  hello.group = "group";
  hello.from = NodeId(from);
  hello.to = NodeId(to);
  return hello;
}

// The error by which a node ended a connection.
Error refusal_in(const std::string& received) {
  const auto frames = cut_into_frames(received);
  REQUIRE_FALSE(frames.empty());
  REQUIRE(frames.back().kind == wire::FrameKind::refusal);
  return wire::decode_error(frames.back().content);
}

TEST_CASE("nodes speak over IPv6") {
  Fixture f;
  f.world.defaults.listen = "[::1]:0";
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  CHECK(a->address.starts_with("[::1]:"));
  introduce(*a, b->member());
  CHECK(f.reach(*a, *b));
  CHECK(f.loop.run(a->transport->request(b->address, "x", 5s)).has_value());
}

TEST_CASE("a peer's host name is looked up at each attempt") {
  Fixture f;
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  const std::string port = b->address.substr(b->address.rfind(':'));
  introduce(*a, {b->id, "localhost" + port});
  CHECK(f.reach(*a, *b));

  introduce(*a, {NodeId("c"), "no-such-host.invalid:1"});
  REQUIRE(f.loop.wait_until([&] { return f.status(*a).problem.has_value(); }));
  CHECK(f.status(*a).problem->context.find("host name 'no-such-host.invalid'") != std::string::npos);
  // That the name is not known says nothing about the peer.
  CHECK(a->recorder->times_lost(NodeId("c")) == 0);
}

TEST_CASE("a node cannot start at an address that is in use or is none") {
  Fixture f;
  auto a = f.world.start({.id = "a"});
  struct Row {
    std::string listen;
    std::string address;
    Errc code;
  };
  for (const Row& row : {Row{a->address, "", Errc::connection_failed}, Row{"nonsense", "", Errc::invalid_argument},
                         Row{"127.0.0.1:0", "nonsense", Errc::invalid_argument}}) {
    TcpTransport transport(*a->runtime, {.group = "group", .listen = row.listen, .address = row.address});
    Recorder recorder;
    const auto started = f.loop.run(transport.start(recorder, NodeId("b")));
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().code == row.code);
    f.loop.run(transport.stop());
  }
}

TEST_CASE("a peer that does not read holds up nobody, and its queue stays within its bounds") {
  Fixture f;
  f.world.defaults.max_queue_bytes = 300'000;
  f.world.defaults.max_queue_messages = 1000;
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  const DeafPeer deaf(f.loop, NodeId("deaf"));
  a->transport->set_peers(std::vector<Member>{b->member(), {NodeId("deaf"), deaf.address()}});
  REQUIRE(f.reach(*a, *b));
  const auto status_of_deaf = [&] { return f.tcp(*a).peers().at(1); };
  // More than the socket's buffers and the queue take together.
  REQUIRE(f.loop.wait_until([&] {
    for (int i = 0; i < 20; ++i) a->transport->send(append_of(*a, NodeId("deaf"), 100'000));
    return status_of_deaf().lost_messages > 100;
  }));
  CHECK(status_of_deaf().state == LinkStatus::State::connected);
  CHECK(status_of_deaf().queued_bytes <= 300'000);
  b->recorder->messages.clear();
  a->transport->send({a->id, b->id, Term(1), TimeoutNow{}});
  CHECK(f.loop.wait_until([&] { return !b->recorder->messages.empty(); }, 2s));
  f.loop.run(a->transport->stop());
}

TEST_CASE("a message that is too long is not sent, and those around it are") {
  Fixture f;
  f.world.defaults.max_message_bytes = 10'000;
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  introduce(*a, b->member());
  REQUIRE(f.reach(*a, *b));
  b->recorder->messages.clear();
  a->transport->send(append_of(*a, b->id, 9'000));
  a->transport->send(append_of(*a, b->id, 11'000));
  CHECK(f.status(*a).problem->code == Errc::invalid_argument);
  a->transport->send(append_of(*a, b->id, 8'000));
  REQUIRE(f.loop.wait_until([&] {
    return std::ranges::count_if(b->recorder->messages, [](const Message& message) {
             return std::holds_alternative<AppendRequest>(message.body);
           }) == 2;
  }));
  CHECK(std::get<AppendRequest>(b->recorder->messages.back().body).entries[0].payload.size() == 8'000);
}

TEST_CASE("a peer that sends a frame above the limit is told so and cut off") {
  Fixture f;
  f.world.defaults.max_message_bytes = 10'000;
  auto b = f.world.start({.id = "b"});
  const std::string hello = wire::encode(hello_of("a", "b", wire::Purpose::messages)).joined();
  const std::string frame = wire::make_frame(wire::FrameKind::message, std::string(10'001, 'x')).joined();
  const Error refusal = refusal_in(send_and_listen(f.loop, b->address, hello + frame));
  CHECK(refusal == make_error(Errc::malformed, "a frame of 10001 bytes; at most 10000 are allowed"));
  CHECK(f.tcp(*b).last_refusal() == refusal);
  CHECK(b->recorder->lost.empty());
}

TEST_CASE("what is no message of the caller is refused") {
  Fixture f;
  auto b = f.world.start({.id = "b"});
  const std::string hello = wire::encode(hello_of("a", "b", wire::Purpose::messages)).joined();
  const std::string foreign = wire::encode(Message{NodeId("c"), NodeId("b"), Term(1), TimeoutNow{}}).joined();
  CHECK(refusal_in(send_and_listen(f.loop, b->address, hello + foreign)).code == Errc::incompatible);
  std::string damaged = wire::encode(Message{NodeId("a"), NodeId("b"), Term(1), TimeoutNow{}}).joined();
  damaged.back() = static_cast<char>(damaged.back() + 1);
  CHECK(refusal_in(send_and_listen(f.loop, b->address, hello + damaged)).code == Errc::corrupt);
  const std::string garbage = wire::make_frame(wire::FrameKind::message, "garbage").joined();
  CHECK(refusal_in(send_and_listen(f.loop, b->address, hello + garbage)).code == Errc::incompatible);
  const std::string misplaced = wire::make_frame(wire::FrameKind::chunk, "chunk").joined();
  CHECK(refusal_in(send_and_listen(f.loop, b->address, hello + misplaced)).code == Errc::malformed);
  CHECK(b->recorder->messages.empty());
}

TEST_CASE("callers that speak something else or another version are refused") {
  Fixture f;
  auto b = f.world.start({.id = "b"});
  wire::Hello newer = hello_of("a", "b", wire::Purpose::messages);
  newer.min_version = 7;
  newer.max_version = 8;
  const Error refusal = refusal_in(send_and_listen(f.loop, b->address, wire::encode(newer).joined()));
  CHECK(refusal.code == Errc::incompatible);
  CHECK(refusal.context == "node 'b' refuses 'a': protocol versions 1 are spoken here, not 7 to 8");

  const std::string http = "GET / HTTP/1.1\r\nHost: b\r\n\r\n";
  CHECK(refusal_in(send_and_listen(f.loop, b->address, http)).code == Errc::malformed);
  // Who says nothing is sent away without a word.
  f.world.defaults.connect_timeout = 100ms;
  auto impatient = f.world.start({.id = "i"});
  CHECK(send_and_listen(f.loop, impatient->address, "").empty());
  const std::string early = wire::make_frame(wire::FrameKind::request, "x").joined();
  CHECK(refusal_in(send_and_listen(f.loop, b->address, early)).context == "a connection without a hello");
}

TEST_CASE("a newer connection of a peer takes the place of the older one without a loss") {
  Fixture f;
  auto b = f.world.start({.id = "b"});
  const std::string hello = wire::encode(hello_of("a", "b", wire::Purpose::messages)).joined();
  const std::string goodbye = wire::make_frame(wire::FrameKind::goodbye, "").joined();
  auto older = f.world.start({.id = "a"});
  introduce(*older, b->member());
  REQUIRE(f.reach(*older, *b));
  const auto frames = cut_into_frames(send_and_listen(f.loop, b->address, hello + goodbye));
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].kind == wire::FrameKind::welcome);
  f.loop.idle(50ms);
  CHECK(b->recorder->lost.empty());
}

TEST_CASE("requests and answers that are too long, and too many at once, are refused") {
  Fixture f;
  f.world.defaults.max_request_bytes = 1000;
  f.world.defaults.max_requests = 3;
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  const auto ask = [&](std::string request) { return f.loop.run(a->transport->request(b->address, request, 5s)); };
  CHECK(ask(std::string(900, 'x')).has_value());
  CHECK(ask(std::string(1001, 'x')).error().code == Errc::invalid_argument);
  // With "answer to " in front of it.
  CHECK(ask(std::string(995, 'x')).error().code == Errc::invalid_argument);

  auto gate = std::make_shared<asio::steady_timer>(f.loop.context(), asio::steady_timer::time_point::max());
  b->recorder->requests.clear();
  b->recorder->answer = [gate](NodeId, std::string) -> asio::awaitable<Result<std::string>> {
    boost::system::error_code ignored;
    co_await gate->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return "late";
  };
  std::vector<Loop::Outcome<Result<std::string>>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(f.loop.start(a->transport->request(b->address, "x", 5s)));
  REQUIRE(f.loop.wait_until([&] { return b->recorder->requests.size() == 3; }));
  CHECK(ask("one more").error().code == Errc::overloaded);
  auto c = f.world.start({.id = "c"});
  CHECK(f.loop.run(c->transport->request(b->address, "one more", 5s)).error().code == Errc::overloaded);
  gate->cancel();
  CHECK(f.loop.wait_until(
      [&] { return std::ranges::all_of(waiting, [](const auto& answer) { return answer->has_value(); }); }));
  for (const auto& answer : waiting) CHECK((**answer).value() == "late");
}

TEST_CASE("a request is not sent over a kept connection that the other side has closed") {
  Fixture f;
  auto a = f.world.start({.id = "a"});
  auto b = f.world.start({.id = "b"});
  CHECK(f.loop.run(a->transport->request(b->address, "first", 5s)).has_value());
  const std::string address = b->address;
  f.world.kill(std::move(b));
  b = f.world.start({.id = "b", .address = address});
  CHECK(f.loop.run(a->transport->request(b->address, "second", 5s)).has_value());
  CHECK(b->recorder->requests == std::vector<std::string>{"a: second"});
}

TEST_CASE("a snapshot's receiver that does not get on is given up") {
  Fixture f;
  f.world.defaults.snapshot_stall = 100ms;
  auto a = f.world.start({.id = "a"});
  const DeafPeer deaf(f.loop, NodeId("deaf"));
  introduce(*a, {NodeId("deaf"), deaf.address()});
  const auto reader = std::make_shared<ChunkReader>("s1", std::vector<std::string>{"chunk"});
  const Message message{a->id, NodeId("deaf"), Term(1), InstallSnapshot{reader->manifest().meta}};
  const auto sent = f.loop.run(a->transport->send_snapshot(reader, message, 0));
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error() == make_error(Errc::timeout, "the snapshot's receiver does not get on"));
}

}  // namespace
}  // namespace consensus_test
