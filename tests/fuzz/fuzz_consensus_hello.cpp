// Decoding of the first frames of a connection and of errors: what is understood means the same when it is sent on.
#include <string>

#include "fuzz.hpp"
#include "wire/hello.hpp"

namespace {

std::string content_of(const consensus::wire::EncodedFrame& frame) {
  return frame.joined().substr(consensus::wire::frame_head_size);
}

}  // namespace

int fuzz_consensus_hello(const std::uint8_t* data, std::size_t size) {
  using namespace consensus::wire;
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto hello = decode_hello(text)) {
    FUZZ_CHECK(decode_hello(content_of(encode(*hello))) == hello);
    (void)answer(*hello, "group", consensus::NodeId("a"));
  }
  if (const auto welcome = decode_welcome(text)) {
    FUZZ_CHECK(decode_welcome(content_of(encode(*welcome))) == welcome);
  }
  const consensus::Error error = decode_error(text);
  FUZZ_CHECK(decode_error(content_of(encode(error))).code == error.code);
  return 0;
}
