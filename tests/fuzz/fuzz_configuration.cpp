// Reading of configuration and credentials files; what must hold is checked where their other tests are.
#include "../orchestrator/configuration/fuzz_configuration.hpp"

#include "fuzz.hpp"

int fuzz_configuration(const std::uint8_t* data, std::size_t size) {
  return orchestrator::fuzz_configuration(data, size);
}
