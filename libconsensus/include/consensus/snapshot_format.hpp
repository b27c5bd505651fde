// How a snapshot store cuts and packs the snapshots it makes; those it receives stay as they are.
#pragma once

#include <cstdint>

namespace consensus {

struct SnapshotFormat {
  std::uint32_t chunk_size = 256U << 10U;  // bytes
  int compression_level = 1;               // of zstd: 1 to 19, or below zero for speed; 0 stores the bytes as they are
};

}  // namespace consensus
