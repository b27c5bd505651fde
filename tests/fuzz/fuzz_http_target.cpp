// Reading of a request's target.
#include "fuzz.hpp"
#include "http/target.hpp"

int fuzz_http_target(const std::uint8_t* data, std::size_t size) {
  if (const auto target = orchestrator::http::parse_target(fuzz::as_text(data, size))) {
    FUZZ_CHECK(target->path.starts_with('/'));
  }
  return 0;
}
