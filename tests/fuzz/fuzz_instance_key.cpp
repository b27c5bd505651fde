// Reading of "host:port" in all its forms.
#include "fuzz.hpp"
#include "topology/instance_key.hpp"

int fuzz_instance_key(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  (void)topology::is_ip_address(text);
  const auto key = topology::parse_instance_key(text);
  if (!key) {
    return 0;
  }
  FUZZ_CHECK(key->port != 0);
  FUZZ_CHECK(!key->hostname.empty());
  FUZZ_CHECK(!key->is_detached());
  FUZZ_CHECK(topology::parse_instance_key(key->to_string()).value() == *key);
  return 0;
}
