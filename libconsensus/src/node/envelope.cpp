// Envelopes of commands and snapshots.
#include "node/envelope.hpp"

#include "bytes.hpp"

namespace consensus {
namespace {

constexpr std::uint8_t command_version = 1;
constexpr std::string_view snapshot_magic = "cns1";
constexpr std::size_t fixed_header_size = snapshot_magic.size() + 8;

}  // namespace

Payload seal(std::string_view key, std::string_view command) {
  ByteWriter writer;
  writer.u8(command_version);
  writer.text(key);
  writer.raw(command);
  return Payload(writer.take());
}

Result<Envelope> open_envelope(std::string_view payload) {
  ByteReader reader(payload);
  const std::uint8_t version = reader.u8();
  const std::string_view key = reader.text();
  if (!reader.ok() || version != command_version) return make_error(Errc::malformed, "command in the log");
  return Envelope{key, reader.rest()};
}

std::string make_snapshot_header(std::string_view keys) {
  ByteWriter writer;
  writer.raw(snapshot_magic);
  writer.u64(keys.size());
  writer.raw(keys);
  return writer.take();
}

Result<std::string_view> SnapshotHeaderReader::take(std::string_view piece) {
  if (complete_) return piece;
  const std::size_t had = begun_.size();
  begun_.append(piece);
  if (begun_.size() < fixed_header_size) return std::string_view();
  ByteReader reader(begun_);
  if (reader.raw(snapshot_magic.size()) != snapshot_magic) return make_error(Errc::malformed, "snapshot header");
  const std::uint64_t size = reader.u64();
  const std::string_view keys = reader.raw(size);
  if (!reader.ok()) return std::string_view();
  complete_ = true;
  keys_ = keys;
  const std::size_t header_size = fixed_header_size + keys.size();
  begun_.clear();
  begun_.shrink_to_fit();
  return piece.substr(header_size - had);
}

}  // namespace consensus
