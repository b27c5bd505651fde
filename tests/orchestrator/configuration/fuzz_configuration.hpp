// Entry point for fuzzing the reading of configuration texts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace orchestrator {

// Reads the bytes as a configuration file, applies the rules and dumps the result, then reads them as a credentials
// file. Ends the program when a promise is broken; returns 0.
int fuzz_configuration(const std::uint8_t* data, std::size_t size);

}  // namespace orchestrator
