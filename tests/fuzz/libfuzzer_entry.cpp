// Hands libFuzzer's input to the one fuzz function of the program.
#include <cstddef>
#include <cstdint>

int FUZZ_FUNCTION(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return FUZZ_FUNCTION(data, size);
}
