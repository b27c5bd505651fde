// The parts of the TCP transport that decide: queues, rates, addresses, handshakes.
#include "async/token_bucket.hpp"
#include "async/work_and_rest.hpp"
#include "catch.hpp"
#include "tcp/address.hpp"
#include "tcp/send_queue.hpp"
#include "wire/hello.hpp"

namespace consensus {
namespace {

using namespace std::chrono_literals;
using tcp::SendQueue;
using tcp::Weight;

wire::EncodedFrame frame(char name, std::size_t size) {
  return wire::make_frame(wire::FrameKind::message, std::string(size - wire::frame_head_size, name));
}

std::string names(SendQueue& queue) {
  std::string all;
  for (const auto& taken : queue.take(1'000'000)) all.push_back(taken.joined().back());
  return all;
}

TEST_CASE("a full queue gives up heartbeats first, the oldest before the newer, and keeps the order of the rest") {
  SendQueue queue({.messages = 4, .bytes = 1000});
  queue.push(Weight::passing, frame('h', 20));
  queue.push(Weight::lasting, frame('a', 20));
  queue.push(Weight::passing, frame('i', 20));
  queue.push(Weight::lasting, frame('b', 20));
  queue.push(Weight::lasting, frame('c', 20));
  queue.push(Weight::passing, frame('j', 20));
  CHECK(queue.lost() == 2);
  queue.push(Weight::lasting, frame('d', 20));
  queue.push(Weight::lasting, frame('e', 20));
  CHECK(queue.messages() == 4);
  CHECK(queue.bytes() == 80);
  CHECK(queue.lost() == 4);
  CHECK(names(queue) == "abcd");
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("a queue holds no more bytes than it may") {
  SendQueue queue({.messages = 100, .bytes = 100});
  queue.push(Weight::lasting, frame('a', 60));
  queue.push(Weight::lasting, frame('b', 60));
  queue.push(Weight::lasting, frame('c', 40));
  queue.push(Weight::lasting, frame('d', 200));
  CHECK(queue.bytes() == 100);
  CHECK(queue.lost() == 2);
  CHECK(names(queue) == "ac");
}

TEST_CASE("a batch has as many bytes as it may, and at least one message") {
  SendQueue queue({.messages = 100, .bytes = 10'000});
  for (const char name : {'a', 'b', 'c', 'd'}) queue.push(Weight::lasting, frame(name, 100));
  CHECK(queue.take(250).size() == 2);
  CHECK(queue.take(50).size() == 1);
  CHECK(queue.take(50).size() == 1);
  CHECK(queue.take(50).empty());
  CHECK(queue.lost() == 0);
}

TEST_CASE("a stream rests in proportion to its work while others are busy, and not at all otherwise") {
  using std::chrono::milliseconds;
  const TimePoint begin{};
  async::WorkAndRest rests(50, begin);
  CHECK(rests.next(begin + milliseconds(4), async::Others::idle) == begin + milliseconds(4));
  CHECK(rests.next(begin + milliseconds(14), async::Others::busy) == begin + milliseconds(19));
  CHECK(rests.next(begin + milliseconds(21), async::Others::busy) == begin + milliseconds(22));
  CHECK(rests.next(begin + milliseconds(1022), async::Others::busy) == begin + milliseconds(1072));
  CHECK(rests.next(begin + milliseconds(1080), async::Others::idle) == begin + milliseconds(1080));
}

TEST_CASE("a token bucket keeps to its rate after a short burst") {
  const TimePoint start = TimePoint() + 1h;
  async::TokenBucket bucket(1'000'000, start);
  TimePoint now = start;
  for (int i = 0; i < 100; ++i) now = std::max(now, bucket.spend(50'000, now));
  CHECK(now - start >= 4900ms);
  CHECK(now - start <= 5s);
  // A pause does not save up more than the burst.
  now += 1h;
  const TimePoint after_pause = now;
  for (int i = 0; i < 20; ++i) now = std::max(now, bucket.spend(50'000, now));
  CHECK(now - after_pause >= 890ms);

  async::TokenBucket unlimited(0, start);
  CHECK(unlimited.spend(1'000'000'000, start) == start);
}

TEST_CASE("addresses have a host and a port, IPv6 in brackets") {
  const auto parse = [](std::string_view text) { return tcp::parse_address(text); };
  CHECK(parse("db-1.example:10008").value() == tcp::Address{"db-1.example", 10008});
  CHECK(parse("127.0.0.1:0").value() == tcp::Address{"127.0.0.1", 0});
  CHECK(parse("[::1]:5").value() == tcp::Address{"::1", 5});
  CHECK(parse("[fe80::1%eth0]:5").value().text() == "[fe80::1%eth0]:5");
  for (const char* const wrong :
       {"", "host", "host:", ":5", "::1:5", "[::1]", "[host]:5", "host:65536", "host:5x", "a b:5"}) {
    INFO(wrong);
    REQUIRE_FALSE(parse(wrong).has_value());
    CHECK(parse(wrong).error().code == Errc::invalid_argument);
  }
}

TEST_CASE("a hello survives the way there and back, and may have grown") {
  const wire::Hello hello{1, 3, wire::Purpose::snapshot, "group", NodeId("a"), "a:1", NodeId("b")};
  const std::string content = wire::encode(hello).joined().substr(wire::frame_head_size);
  CHECK(wire::decode_hello(content).value() == hello);
  CHECK(wire::decode_hello(content + "something of a later version").value() == hello);
  for (std::size_t size = 0; size < content.size(); ++size) {
    CHECK_FALSE(wire::decode_hello(content.substr(0, size)).has_value());
  }
}

TEST_CASE("a hello is answered if version, group and member fit") {
  struct Row {
    wire::Hello hello;
    std::string refusal;
  };
  const auto hello = [](std::uint8_t min, std::uint8_t max, const char* group, const char* from, const char* to) {
    return wire::Hello{min, max, wire::Purpose::messages, group, NodeId(from), "", NodeId(to)};
  };
  const std::vector<Row> rows{
      {hello(1, 1, "g", "a", "b"), ""},
      {hello(1, 9, "g", "a", ""), ""},
      {hello(2, 3, "g", "a", "b"), "protocol versions 1 are spoken here, not 2 to 3"},
      {hello(1, 1, "other", "a", "b"), "this is group 'g', not 'other'"},
      {hello(1, 1, "g", "a", "c"), "this is not 'c'"},
      {hello(1, 1, "g", "b", "b"), "that name is in use here"},
  };
  for (const Row& row : rows) {
    const auto answer = wire::answer(row.hello, "g", NodeId("b"));
    INFO(row.refusal);
    CHECK(answer.has_value() == row.refusal.empty());
    if (answer) {
      CHECK(*answer == wire::Welcome{1, NodeId("b")});
      continue;
    }
    CHECK(answer.error().code == Errc::incompatible);
    CHECK(answer.error().context.find(row.refusal) != std::string::npos);
  }
}

TEST_CASE("errors cross the wire with code and context") {
  const auto there_and_back = [](const Error& error) {
    return wire::decode_error(wire::encode(error).joined().substr(wire::frame_head_size));
  };
  for (int code = static_cast<int>(Errc::invalid_argument); code <= static_cast<int>(Errc::stopped); ++code) {
    const Error error = make_error(static_cast<Errc>(code), "context " + std::to_string(code));
    CHECK(there_and_back(error) == error);
  }
  const Error foreign{std::make_error_code(std::errc::io_error), "disk"};
  CHECK(there_and_back(foreign).code == Errc::state_machine_failed);
  CHECK(there_and_back(foreign).context == foreign.message());
  CHECK(there_and_back(make_error(Errc::corrupt, std::string(100'000, 'x'))).context.size() == 4096);
}

}  // namespace
}  // namespace consensus
