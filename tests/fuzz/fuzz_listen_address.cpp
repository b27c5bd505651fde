// Reading of addresses in the configuration.
#include "configuration/address.hpp"
#include "fuzz.hpp"

int fuzz_listen_address(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  (void)orchestrator::parse_listen_address(text);
  if (const auto address = orchestrator::parse_host_port(text, 8500)) {
    FUZZ_CHECK(!address->host.empty());
  }
  return 0;
}
