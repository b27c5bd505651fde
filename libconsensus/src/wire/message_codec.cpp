// The binary form of messages.
#include "wire/message_codec.hpp"

#include <utility>

#include "bytes.hpp"

namespace consensus::wire {
namespace {

constexpr std::uint8_t format = 1;
// An entry without its payload: term, index, kind, checksum, chain, payload size.
constexpr std::uint64_t least_entry = 1 + 1 + 1 + 4 + 8 + 1;
constexpr std::size_t most_entry_head = 10 + 10 + 1 + 4 + 8 + 10;

// Sent as these numbers; never renumber.
enum class Tag : std::uint8_t {
  vote_request = 1,
  vote_reply = 2,
  append_request = 3,
  append_reply = 4,
  heartbeat = 5,
  heartbeat_reply = 6,
  install_snapshot = 7,
  timeout_now = 8,
  read_query = 9,
  read_answer = 10,
};

struct TagOf {
  Tag operator()(const VoteRequest&) const noexcept { return Tag::vote_request; }
  Tag operator()(const VoteReply&) const noexcept { return Tag::vote_reply; }
  Tag operator()(const AppendRequest&) const noexcept { return Tag::append_request; }
  Tag operator()(const AppendReply&) const noexcept { return Tag::append_reply; }
  Tag operator()(const Heartbeat&) const noexcept { return Tag::heartbeat; }
  Tag operator()(const HeartbeatReply&) const noexcept { return Tag::heartbeat_reply; }
  Tag operator()(const InstallSnapshot&) const noexcept { return Tag::install_snapshot; }
  Tag operator()(const TimeoutNow&) const noexcept { return Tag::timeout_now; }
  Tag operator()(const ReadQuery&) const noexcept { return Tag::read_query; }
  Tag operator()(const ReadAnswer&) const noexcept { return Tag::read_answer; }
};

// Takes the messages apart by structured bindings: a new field does not compile until it is sent.
class BodyWriter {
 public:
  explicit BodyWriter(FrameWriter& frame) : frame_(frame), out_(frame.content()) {}

  void operator()(const VoteRequest& body) {
    const auto& [kind, last_index, last_term] = body;
    out_.u8(static_cast<std::uint8_t>(kind));
    out_.number(last_index.value());
    out_.number(last_term.value());
  }
  void operator()(const VoteReply& body) {
    const auto& [kind, granted] = body;
    out_.u8(static_cast<std::uint8_t>(kind));
    flag(granted);
  }
  // The payloads come last, so that they can be kept together and apart from the rest.
  void operator()(const AppendRequest& body) {
    const auto& [previous_index, previous_term, commit, entries, recovered_life] = body;
    out_.number(previous_index.value());
    out_.number(previous_term.value());
    out_.number(commit.value());
    out_.number(recovered_life);
    out_.number(entries.size());
    for (const Entry& entry : entries) entry_head(entry);
    for (const Entry& entry : entries) frame_.payload(entry.payload);
  }
  void operator()(const AppendReply& body) {
    const auto& [accepted, match, rejected, hint_index, hint_term, recovering, space, life] = body;
    flag(accepted);
    out_.number(match.value());
    out_.number(rejected.value());
    out_.number(hint_index.value());
    out_.number(hint_term.value());
    flag(recovering);
    out_.u8(static_cast<std::uint8_t>(space));
    out_.u64(life);
  }
  void operator()(const Heartbeat& body) {
    const auto& [commit, round, lease] = body;
    out_.number(commit.value());
    out_.number(round);
    flag(lease);
  }
  void operator()(const HeartbeatReply& body) {
    const auto& [round, recovering, space, life] = body;
    out_.number(round);
    flag(recovering);
    out_.u8(static_cast<std::uint8_t>(space));
    out_.u64(life);
  }
  void operator()(const InstallSnapshot& body) {
    const auto& [position, configuration, configuration_index] = body.meta;
    out_.number(position.index.value());
    out_.number(position.term.value());
    out_.u64(position.chain);
    out_.text(consensus::encode(configuration).view());
    out_.number(configuration_index.value());
  }
  void operator()(const TimeoutNow&) {}
  void operator()(const ReadQuery& body) { out_.number(body.batch); }
  void operator()(const ReadAnswer& body) {
    const auto& [batch, index] = body;
    out_.number(batch);
    flag(index.has_value());
    if (index) out_.number(index->value());
  }

 private:
  void flag(bool value) { out_.u8(value ? 1 : 0); }
  void entry_head(const Entry& entry) {
    const auto& [term, index, kind, payload, checksum, chain] = entry;
    out_.number(term.value());
    out_.number(index.value());
    out_.u8(static_cast<std::uint8_t>(kind));
    out_.u32(checksum);
    out_.u64(chain);
    out_.number(payload.size());
  }

  FrameWriter& frame_;
  ByteWriter& out_;
};

std::size_t expected_size(const Message& message) {
  std::size_t size = 128 + message.from.name().size() + message.to.name().size();
  if (const auto* append = std::get_if<AppendRequest>(&message.body)) {
    for (const Entry& entry : append->entries) {
      size += most_entry_head;
      if (entry.payload.size() < FrameWriter::large_payload) size += entry.payload.size();
    }
  }
  return size;
}

// One of an enumeration whose numbers run from `first` to `last`.
template <class Enum>
Enum one_of(ByteReader& in, Enum first, Enum last) noexcept {
  const std::uint8_t value = in.u8();
  if (value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last)) {
    return static_cast<Enum>(value);
  }
  in.fail();
  return first;
}

Index read_index(ByteReader& in) noexcept {
  return Index(in.number());
}

Term read_term(ByteReader& in) noexcept {
  return Term(in.number());
}

CampaignKind read_campaign(ByteReader& in) noexcept {
  return one_of(in, CampaignKind::pre_vote, CampaignKind::transfer);
}

Space read_space(ByteReader& in) noexcept {
  return one_of(in, Space::enough, Space::low);
}

// Cuts the rest of the content into the payloads of the entries, whose sizes are known.
void read_payloads(ByteReader& in, std::vector<Entry>& entries, const std::vector<std::uint64_t>& sizes,
                   std::shared_ptr<const void> owner) {
  std::string_view bytes = in.rest();
  if (!owner) {
    auto kept = std::make_shared<const std::string>(bytes);
    bytes = *kept;
    owner = std::move(kept);
  }
  ByteReader cut(bytes);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    in.raw(sizes[i]);
    const std::string_view payload = cut.raw(sizes[i]);
    if (!payload.empty()) entries[i].payload = Payload(owner, payload);
  }
}

MessageBody read_append(ByteReader& in, const std::shared_ptr<const void>& owner) {
  AppendRequest body;
  body.previous_index = read_index(in);
  body.previous_term = read_term(in);
  body.commit = read_index(in);
  body.recovered_life = in.number();
  body.entries.resize(in.count(least_entry));
  std::vector<std::uint64_t> sizes;
  sizes.reserve(body.entries.size());
  for (Entry& entry : body.entries) {
    entry.term = read_term(in);
    entry.index = read_index(in);
    entry.kind = one_of(in, EntryKind::command, EntryKind::barrier);
    entry.checksum = in.u32();
    entry.chain = in.u64();
    sizes.push_back(in.number());
  }
  if (in.ok() && !body.entries.empty()) read_payloads(in, body.entries, sizes, owner);
  return body;
}

MessageBody read_append_reply(ByteReader& in) {
  AppendReply body;
  body.accepted = in.flag();
  body.match = read_index(in);
  body.rejected = read_index(in);
  body.hint_index = read_index(in);
  body.hint_term = read_term(in);
  body.recovering = in.flag();
  body.space = read_space(in);
  body.life = in.u64();
  return body;
}

MessageBody read_install_snapshot(ByteReader& in) {
  InstallSnapshot body;
  body.meta.position.index = read_index(in);
  body.meta.position.term = read_term(in);
  body.meta.position.chain = in.u64();
  auto configuration = decode_configuration(in.text());
  if (configuration) {
    body.meta.configuration = std::move(*configuration);
  } else {
    in.fail();
  }
  body.meta.configuration_index = read_index(in);
  return body;
}

MessageBody read_answer(ByteReader& in) {
  ReadAnswer body{.batch = in.number(), .index = std::nullopt};
  if (in.flag()) body.index = read_index(in);
  return body;
}

// Statements of their own where the order of reading matters.
MessageBody read_vote_request(ByteReader& in) {
  VoteRequest body;
  body.kind = read_campaign(in);
  body.last_index = read_index(in);
  body.last_term = read_term(in);
  return body;
}

MessageBody read_vote_reply(ByteReader& in) {
  VoteReply body;
  body.kind = read_campaign(in);
  body.granted = in.flag();
  return body;
}

MessageBody read_heartbeat(ByteReader& in) {
  Heartbeat body;
  body.commit = read_index(in);
  body.round = in.number();
  body.lease = in.flag();
  return body;
}

MessageBody read_heartbeat_reply(ByteReader& in) {
  HeartbeatReply body;
  body.round = in.number();
  body.recovering = in.flag();
  body.space = read_space(in);
  body.life = in.u64();
  return body;
}

MessageBody read_body(Tag tag, ByteReader& in, const std::shared_ptr<const void>& owner) {
  switch (tag) {
    case Tag::vote_request:
      return read_vote_request(in);
    case Tag::vote_reply:
      return read_vote_reply(in);
    case Tag::append_request:
      return read_append(in, owner);
    case Tag::append_reply:
      return read_append_reply(in);
    case Tag::heartbeat:
      return read_heartbeat(in);
    case Tag::heartbeat_reply:
      return read_heartbeat_reply(in);
    case Tag::install_snapshot:
      return read_install_snapshot(in);
    case Tag::timeout_now:
      return TimeoutNow{};
    case Tag::read_query:
      return ReadQuery{.batch = in.number()};
    case Tag::read_answer:
      return read_answer(in);
  }
  in.fail();
  return TimeoutNow{};
}

}  // namespace

EncodedFrame encode(const Message& message, FrameKind kind) {
  FrameWriter frame(kind, expected_size(message));
  ByteWriter& out = frame.content();
  out.u8(format);
  out.u8(static_cast<std::uint8_t>(std::visit(TagOf{}, message.body)));
  out.text(message.from.name());
  out.text(message.to.name());
  out.number(message.term.value());
  std::visit(BodyWriter(frame), message.body);
  return frame.finish();
}

Result<Message> decode_message(std::string_view content, const std::shared_ptr<const void>& owner) {
  ByteReader in(content);
  const std::uint8_t found = in.u8();
  if (in.ok() && found != format) {
    return make_error(Errc::incompatible, "a message in the unknown format " + std::to_string(found));
  }
  const auto tag = one_of(in, Tag::vote_request, Tag::read_answer);
  Message message;
  message.from = NodeId(std::string(in.text()));
  message.to = NodeId(std::string(in.text()));
  message.term = read_term(in);
  if (in.ok()) message.body = read_body(tag, in, owner);
  if (!in.finished()) return make_error(Errc::malformed, "a message");
  return message;
}

}  // namespace consensus::wire
