// What nodes ask each other: round trips and malformed bytes.
#include "node/requests.hpp"

#include "catch.hpp"

namespace consensus {
namespace {

TEST_CASE("requests of every kind survive the wire") {
  NodeRequest request;
  request.patience = std::chrono::seconds(3);
  request.passed_on = true;
  request.body = JoinRequest{{NodeId("a/1"), "host:1"}};
  Result<NodeRequest> back = decode_request(encode(request));
  REQUIRE(back);
  CHECK(back->patience == std::chrono::seconds(3));
  CHECK(back->passed_on);
  CHECK(std::get<JoinRequest>(back->body).member == Member{NodeId("a/1"), "host:1"});

  request.body = PromoteRequest{NodeId("b/2")};
  CHECK(std::get<PromoteRequest>(decode_request(encode(request))->body).id == NodeId("b/2"));
  request.body = RemoveRequest{"c"};
  CHECK(std::get<RemoveRequest>(decode_request(encode(request))->body).name == "c");
  request.body = ForwardedCommand{"key", "command"};
  back = decode_request(encode(request));
  CHECK(std::get<ForwardedCommand>(back->body).key == "key");
  CHECK(std::get<ForwardedCommand>(back->body).command == "command");
  request.body = MembershipQuestion{};
  CHECK(std::holds_alternative<MembershipQuestion>(decode_request(encode(request))->body));
}

TEST_CASE("the answer about membership survives the wire, and nothing else is one") {
  for (const bool member : {false, true}) CHECK(*decode_membership(encode_membership(member)) == member);
  for (const std::string wrong : {"", "\2", "\1\1"}) CHECK_FALSE(decode_membership(wrong));
}

TEST_CASE("answers survive the wire") {
  const std::vector<Member> members{{NodeId("a/1"), "host:1"}, {NodeId("b/2"), "[::1]:2"}};
  CHECK(decode_members(encode_members(members)).value() == members);
  const Result<AppliedAnswer> applied = decode_applied(encode_applied(Index(7), "done"));
  REQUIRE(applied);
  CHECK(applied->index == Index(7));
  CHECK(applied->answer == "done");
}

TEST_CASE("requests that are cut, longer or of another version are refused") {
  NodeRequest request;
  request.body = ForwardedCommand{"key", "command"};
  const std::string whole = encode(request);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CHECK(decode_request(whole.substr(0, size)).error().code == Errc::malformed);
  }
  CHECK(decode_request(whole + "x").error().code == Errc::malformed);
  CHECK(decode_request("\x09" + whole.substr(1)).error().code == Errc::incompatible);
  CHECK(decode_members("\x7f").error().code == Errc::malformed);
  CHECK(decode_applied("").error().code == Errc::malformed);
}

}  // namespace
}  // namespace consensus
