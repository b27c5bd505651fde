// Reading of the client's shell profile.
#include "client/profile.hpp"
#include "fuzz.hpp"

int fuzz_client_profile(const std::uint8_t* data, std::size_t size) {
  (void)orchestrator::client::parse_profile(fuzz::as_text(data, size));
  return 0;
}
