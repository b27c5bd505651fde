// Linearizable reads: never an answer that an older or newer leader could contradict.
#include <algorithm>
#include <chrono>

#include "catch.hpp"
#include "group.hpp"

namespace scenario {
namespace {

using namespace consensus;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_vote(const Message& message) {
  return carries<VoteRequest>(message) || carries<VoteReply>(message);
}

TEST_CASE("MS-40: a new leader answers no read before it has committed in its term") {
  CoreOptions options = calm_options();
  options.pre_vote = options.check_quorum = false;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  group.isolate("a");
  group.input("b", input::Campaign{});
  while (group.deliver_one(is_vote)) {
  }
  REQUIRE(group.status("b").role == Role::leader);
  group.lose([](const Message& message) { return carries<AppendRequest>(message); });
  const RequestId request = group.read("b");
  group.run();
  CHECK(group.result_text(request) == "open");
  group.advance(milliseconds(300));
  REQUIRE(group.result_text(request) == "done");
  CHECK(group.result(request)->value() >= Index(3));  // its own first entry
}

TEST_CASE("MS-41: answers to earlier heartbeats confirm no read") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  group.advance(milliseconds(350));
  std::uint64_t newest = 0;
  for (const Message& message : group.sent()) {
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) newest = heartbeat->round;
  }
  REQUIRE(newest >= 3);
  const RequestId request = group.read("a");
  group.lose([](const Message&) { return true; });
  for (const std::string from : {"b", "c"}) {
    HeartbeatReply late;
    late.round = newest;
    for (const Message& message : group.sent()) {
      const auto* reply = std::get_if<HeartbeatReply>(&message.body);
      if (reply != nullptr && message.from.name() == from) late.life = reply->life;
    }
    group.input("a", input::Received{Message{NodeId(from), NodeId("a"), term, late}});
  }
  CHECK(group.result_text(request) == "open");
  group.advance(milliseconds(150));
  CHECK(group.result_text(request) == "done");
}

TEST_CASE("MS-41: a follower takes only the answer to its own last question") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  const Term term = group.status("a").term;
  const RequestId request = group.read("b");
  std::uint64_t batch = 0;
  for (const Message& message : group.sent()) {
    if (const auto* query = std::get_if<ReadQuery>(&message.body)) batch = query->batch;
  }
  group.input("b", input::Received{Message{NodeId("a"), NodeId("b"), term, ReadAnswer{batch - 1, Index(1)}}});
  group.input("b", input::Received{Message{NodeId("c"), NodeId("b"), term, ReadAnswer{batch, Index(1)}}});
  CHECK(group.result_text(request) == "open");
  group.run();
  REQUIRE(group.result_text(request) == "done");
  CHECK(group.result(request)->value() == group.status("a").commit);
}

TEST_CASE("reads that arrive together share a round of heartbeats") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const std::size_t before = group.sent().size();
  std::vector<RequestId> requests;
  for (int i = 0; i < 10; ++i) requests.push_back(group.read("a"));
  group.run();
  for (const RequestId request : requests) CHECK(group.result_text(request) == "done");
  CHECK(group.sent().size() - before <= 8);  // two rounds, each of two heartbeats and two answers
}

TEST_CASE("MS-42: a lease read needs no message, and no lease outlives the contact it comes from") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const RequestId first = group.read("a", ReadMode::lease);
  group.advance(milliseconds(500));
  REQUIRE(group.result_text(first) == "done");
  const std::size_t before = group.sent().size();
  CHECK(group.result_text(group.read("a", ReadMode::lease)) == "done");
  CHECK(group.sent().size() == before);

  group.freeze("b");
  group.freeze("c");
  group.advance(milliseconds(480));
  CHECK(group.result_text(group.read("a", ReadMode::lease)) == "open");
}

TEST_CASE("MS-42: there is no lease while leadership is handed over, nor after a failed attempt") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.read("a", ReadMode::lease);
  group.advance(milliseconds(500));
  group.transfer("a", "c");
  group.lose([](const Message& message) { return carries<TimeoutNow>(message); });
  CHECK(group.result_text(group.read("a", ReadMode::lease)) == "open");
  group.advance(milliseconds(700));
  const RequestId later = group.read("a", ReadMode::lease);
  CHECK(group.result_text(later) == "open");  // the lost message may still arrive
  group.run();
  CHECK(group.result_text(later) == "done");
}

TEST_CASE("MS-42: who promised a lease elects nobody else, though it lost its leader's connection") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.read("a", ReadMode::lease);
  group.advance(milliseconds(500));
  REQUIRE(group.result_text(group.read("a", ReadMode::lease)) == "done");
  const Term term = group.status("a").term;
  group.isolate("a");
  for (const std::string name : {"b", "c"}) group.input(name, input::PeerLost{NodeId("a")});
  for (const CampaignKind kind : {CampaignKind::pre_vote, CampaignKind::election}) {
    const VoteRequest request{kind, Index(100), term};
    group.input("b", input::Received{Message{NodeId("c"), NodeId("b"), term.next(), request}});
  }
  CHECK(std::none_of(group.in_flight().begin(), group.in_flight().end(), is_vote));
  group.advance(milliseconds(300));
  CHECK(group.result_text(group.read("a", ReadMode::lease)) == "done");
  CHECK(group.leader() == "a");
  group.advance(milliseconds(600));
  REQUIRE(group.leader() != "a");
  CHECK(group.status(*group.leader()).term == term.next());  // at the first try
}

TEST_CASE("MS-43: a leader that slept while another one wrote gives no old answer") {
  for (const ReadMode mode : {ReadMode::quorum, ReadMode::lease}) {
    Group group({"a", "b", "c"});
    REQUIRE(group.elect("a"));
    group.read("a", mode);
    group.advance(milliseconds(500));
    group.freeze("a");
    group.advance(seconds(3));
    REQUIRE(group.leader().has_value());
    const std::string next = *group.leader() == "a" ? "b" : *group.leader();
    REQUIRE(group.status(next).role == Role::leader);
    const RequestId write = group.propose(next, "new");
    group.run();
    REQUIRE(group.result_text(write) == "done");

    group.thaw("a");
    const RequestId request = group.read("a", mode);
    CHECK(group.result_text(request) == "open");
    group.advance(seconds(1));
    REQUIRE(group.result_text(request) == "done");
    CHECK(group.result(request)->value() >= group.result(write)->value());
  }
}

}  // namespace
}  // namespace scenario
