// Binary forms of stored records. All begin with the CRC-32C of what follows.
#include "storage/log_record.hpp"

#include <utility>

#include "bytes.hpp"

namespace consensus {
namespace {

constexpr std::uint8_t has_vote = 1;
constexpr std::uint8_t is_damaged = 2;
constexpr std::uint8_t known_flags = has_vote | is_damaged;
constexpr std::size_t least_entry_bytes = 15;

std::string with_checksum(std::string_view prefix, std::string body) {
  ByteWriter out;
  out.u32(crc32c(body, crc32c(prefix)));
  std::string bytes = out.take();
  bytes += body;
  return bytes;
}

// The body, or nothing when the checksum does not fit.
std::optional<std::string_view> checked(std::string_view prefix, std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint32_t checksum = in.u32();
  if (!in.ok() || checksum != crc32c(in.rest(), crc32c(prefix))) return std::nullopt;
  return in.rest();
}

std::string sequence_prefix(std::uint64_t sequence) {
  ByteWriter out;
  out.u64(sequence);
  return out.take();
}

void put(ByteWriter& out, const LogPosition& position) {
  out.number(position.index.value());
  out.number(position.term.value());
  out.u64(position.chain);
}

LogPosition position(ByteReader& in) {
  const Index index(in.number());
  const Term term(in.number());
  return {index, term, in.u64()};
}

Error corrupt(std::string what) {
  return make_error(Errc::corrupt, std::move(what));
}

}  // namespace

std::string encode(std::uint64_t sequence, const LogRecord& record, const Entry* first, std::size_t count) {
  ByteWriter out;
  out.u32(0);  // place of the checksum
  out.u8(static_cast<std::uint8_t>((record.hard_state.vote ? has_vote : 0) | (record.damaged ? is_damaged : 0)));
  out.number(record.hard_state.term.value());
  if (record.hard_state.vote) out.text(record.hard_state.vote->name());
  out.number(record.commit.value());
  put(out, record.before);
  out.number(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Entry& entry = first[i];
    out.number(entry.term.value());
    out.u8(static_cast<std::uint8_t>(entry.kind));
    out.u32(entry.checksum);
    out.u64(entry.chain);
    out.text(entry.payload.view());
  }
  std::string bytes = out.take();
  ByteWriter checksum;
  checksum.u32(crc32c(std::string_view(bytes).substr(4), crc32c(sequence_prefix(sequence))));
  bytes.replace(0, 4, checksum.take());
  return bytes;
}

Result<LogRecord> decode_record(std::uint64_t sequence, const std::shared_ptr<const std::string>& bytes) {
  const std::optional<std::string_view> body = checked(sequence_prefix(sequence), *bytes);
  if (!body) return corrupt("log record " + std::to_string(sequence));
  ByteReader in(*body);
  LogRecord record;
  const std::uint8_t flags = in.u8();
  record.damaged = (flags & is_damaged) != 0;
  record.hard_state.term = Term(in.number());
  if ((flags & has_vote) != 0) record.hard_state.vote = NodeId(std::string(in.text()));
  record.commit = Index(in.number());
  record.before = position(in);
  const std::uint64_t count = in.count(least_entry_bytes);
  record.entries.reserve(static_cast<std::size_t>(count));
  LogPosition at = record.before;
  for (std::uint64_t i = 0; i < count; ++i) {
    Entry entry;
    entry.term = Term(in.number());
    entry.index = at.index.next();
    entry.kind = static_cast<EntryKind>(in.u8());
    entry.checksum = in.u32();
    entry.chain = in.u64();
    entry.payload = Payload(bytes, in.text());
    if (!in.ok() || !follows(entry, at)) return corrupt("log entry " + std::to_string(entry.index.value()));
    at = entry.position();
    record.entries.push_back(std::move(entry));
  }
  if (!in.finished() || (flags & ~known_flags) != 0) return corrupt("log record " + std::to_string(sequence));
  return record;
}

std::string encode(const LogAnchor& anchor) {
  ByteWriter out;
  put(out, anchor.base);
  out.number(anchor.configuration.index.value());
  out.text(encode(anchor.configuration.configuration).view());
  out.number(anchor.first_record);
  return with_checksum("anchor", out.take());
}

Result<LogAnchor> decode_anchor(std::string_view bytes) {
  const std::optional<std::string_view> body = checked("anchor", bytes);
  if (!body) return corrupt("beginning of the log");
  ByteReader in(*body);
  LogAnchor anchor;
  anchor.base = position(in);
  anchor.configuration.index = Index(in.number());
  Result<Configuration> configuration = decode_configuration(in.text());
  anchor.first_record = in.number();
  if (!in.finished() || !configuration) return corrupt("beginning of the log");
  anchor.configuration.configuration = std::move(*configuration);
  return anchor;
}

std::string encode_number(std::string_view name, std::uint64_t value) {
  ByteWriter out;
  out.u64(value);
  return with_checksum(name, out.take());
}

Result<std::uint64_t> decode_number(std::string_view name, std::string_view bytes) {
  const std::optional<std::string_view> body = checked(name, bytes);
  if (!body || body->size() != sizeof(std::uint64_t)) return corrupt("number of the " + std::string(name));
  ByteReader in(*body);
  return in.u64();
}

}  // namespace consensus
