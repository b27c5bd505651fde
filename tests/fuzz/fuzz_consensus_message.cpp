// Decoding of Raft messages: what is taken for a message has exactly those bytes.
#include <memory>
#include <string>

#include "fuzz.hpp"
#include "wire/message_codec.hpp"

int fuzz_consensus_message(const std::uint8_t* data, std::size_t size) {
  const auto content = std::make_shared<const std::string>(fuzz::as_text(data, size));
  const auto copied = consensus::wire::decode_message(*content, nullptr);
  const auto shared = consensus::wire::decode_message(*content, content);
  FUZZ_CHECK(copied == shared);
  if (!copied) return 0;
  const std::string frame = consensus::wire::encode(*copied).joined();
  FUZZ_CHECK(frame.substr(consensus::wire::frame_head_size) == *content);
  return 0;
}
