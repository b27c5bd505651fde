// The binary form of messages: every kind survives the way there and back, and nothing else is taken for a message.
#include "wire/message_codec.hpp"

#include <set>

#include "catch.hpp"
#include "random_message.hpp"

namespace consensus::wire {
namespace {

std::string content_of(const EncodedFrame& frame) {
  return frame.joined().substr(frame_head_size);
}

Message an_append(const std::vector<std::string>& payloads) {
  AppendRequest append;
  LogPosition previous{Index(4), Term(2), 77};
  append.previous_index = previous.index;
  append.previous_term = previous.term;
  for (const std::string& payload : payloads) {
    append.entries.push_back(make_entry(previous, Term(3), EntryKind::command, Payload(payload)));
    previous = append.entries.back().position();
  }
  return {NodeId("a"), NodeId("b"), Term(3), append};
}

TEST_CASE("random messages of every kind are the same after encoding and decoding") {
  consensus_test::RandomMessages messages(1);
  std::set<std::size_t> kinds;
  for (int i = 0; i < 5000; ++i) {
    const Message message = messages.next();
    kinds.insert(message.body.index());
    const std::string content = content_of(encode(message));
    auto owner = std::make_shared<const std::string>(content);
    for (const bool owned : {true, false}) {
      const auto decoded = owned ? decode_message(*owner, owner) : decode_message(std::string_view(content), nullptr);
      INFO("message " << i << ", " << kind_name(message));
      REQUIRE(decoded.has_value());
      REQUIRE(*decoded == message);
      REQUIRE(content_of(encode(*decoded)) == content);
    }
  }
  CHECK(kinds.size() == std::variant_size_v<MessageBody>);
}

TEST_CASE("no message can be cut short or have a byte more") {
  consensus_test::RandomMessages messages(2);
  for (int i = 0; i < 100; ++i) {
    const std::string content = content_of(encode(messages.next()));
    for (std::size_t size = 0; size < content.size(); ++size) {
      const auto decoded = decode_message(std::string_view(content).substr(0, size), nullptr);
      REQUIRE_FALSE(decoded.has_value());
      REQUIRE(decoded.error().code == Errc::malformed);
    }
    REQUIRE_FALSE(decode_message(content + "x", nullptr).has_value());
  }
}

TEST_CASE("decoded payloads lie in the received buffer when it has an owner") {
  const Message message = an_append({"small", std::string(5000, 'x')});
  auto owner = std::make_shared<const std::string>(content_of(encode(message)));
  const auto decoded = decode_message(*owner, owner);
  REQUIRE(decoded.has_value());
  for (const Entry& entry : std::get<AppendRequest>(decoded->body).entries) {
    CHECK(entry.payload.view().data() >= owner->data());
    CHECK(entry.payload.view().data() + entry.payload.size() <= owner->data() + owner->size());
  }
  CHECK(owner.use_count() == 3);
}

TEST_CASE("without an owner the payloads of one message share one copy of their bytes") {
  const std::string content = content_of(encode(an_append({"one", "", "three"})));
  const auto decoded = decode_message(content, nullptr);
  REQUIRE(decoded.has_value());
  const auto& entries = std::get<AppendRequest>(decoded->body).entries;
  CHECK(entries[0].payload.view().data() + 3 == entries[2].payload.view().data());
  CHECK(entries[1].payload.empty());
}

TEST_CASE("large payloads are sent from where they are") {
  const Message message = an_append({"small", std::string(4096, 'x'), "small too"});
  const EncodedFrame frame = encode(message);
  const auto& entries = std::get<AppendRequest>(message.body).entries;
  std::size_t pieces = 0;
  std::size_t in_place = 0;
  frame.for_each_piece([&](std::string_view piece) {
    ++pieces;
    if (piece.data() == entries[1].payload.view().data()) ++in_place;
  });
  CHECK(pieces == 3);
  CHECK(in_place == 1);
  CHECK(frame.joined().size() == frame.size());
}

TEST_CASE("a message in another format is incompatible") {
  std::string content = content_of(encode(an_append({})));
  content[0] = 9;
  const auto decoded = decode_message(content, nullptr);
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().code == Errc::incompatible);
  CHECK(decoded.error().context == "a message in the unknown format 9");
}

TEST_CASE("numbers have one form only") {
  // The batch number 5 in two bytes instead of one.
  const Message message{NodeId("a"), NodeId("b"), Term(1), ReadQuery{5}};
  std::string content = content_of(encode(message));
  content.replace(content.size() - 1, 1, "\x85\x00", 2);
  CHECK_FALSE(decode_message(content, nullptr).has_value());
}

}  // namespace
}  // namespace consensus::wire
