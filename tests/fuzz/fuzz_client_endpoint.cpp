// Reading of the client's API addresses.
#include "client/endpoint.hpp"
#include "client/instance_argument.hpp"
#include "fuzz.hpp"

int fuzz_client_endpoint(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  if (const auto endpoint = orchestrator::client::parse_endpoint(text)) {
    FUZZ_CHECK(!endpoint->host.empty());
    FUZZ_CHECK(endpoint->port != 0);
    FUZZ_CHECK(endpoint->base_path.ends_with("/api"));
  }
  if (const auto endpoints = orchestrator::client::parse_endpoints(text)) {
    FUZZ_CHECK(!endpoints->empty());
  }
  if (const auto instance = orchestrator::client::parse_instance(text, 3306)) {
    FUZZ_CHECK(instance->port != 0);
  }
  return 0;
}
