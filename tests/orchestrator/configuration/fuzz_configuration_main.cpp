// libFuzzer's door to the reading of configuration files.
#include "fuzz_configuration.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return orchestrator::fuzz_configuration(data, size);
}
