// Decoding of what Consul answers.
#include <string>

#include "consul/base64.hpp"
#include "consul/wire.hpp"
#include "fuzz.hpp"

int fuzz_consul_answer(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::as_text(data, size));
  (void)kvstore::consul::decode_entries(text);
  (void)kvstore::consul::decode_datacenters(text);
  (void)kvstore::consul::decode_refusal(text);
  (void)kvstore::consul::is_committed(text);
  FUZZ_CHECK(kvstore::consul::one_line(text).find('\n') == std::string::npos);
  FUZZ_CHECK(kvstore::base64_decode(kvstore::base64_encode(text)) == text);
  if (const auto bytes = kvstore::base64_decode(text)) {
    FUZZ_CHECK(kvstore::base64_encode(*bytes) == text);
  }
  return 0;
}
