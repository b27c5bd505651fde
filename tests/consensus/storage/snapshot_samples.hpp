// States and snapshots for tests of snapshot stores.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "catch.hpp"
#include "consensus/memory_snapshot_store.hpp"
#include "storage/log_samples.hpp"

namespace consensus {

[[nodiscard]] inline SnapshotMeta sample_meta(std::uint64_t index) {
  return {.position = {Index(index), Term(3), 0x1234567 + index},
          .configuration = sample_configuration("b"),
          .configuration_index = Index(2)};
}

// Bytes that do not compress well but are the same every time.
[[nodiscard]] inline std::string sample_state(std::size_t size, std::uint64_t seed = 1) {
  std::string state;
  state.reserve(size);
  std::uint64_t x = seed * 0x9e3779b97f4a7c15U + 1;
  while (state.size() < size) {
    x ^= x << 13U;
    x ^= x >> 7U;
    x ^= x << 17U;
    state.push_back(static_cast<char>(x >> 56U));
  }
  return state;
}

inline SnapshotManifest publish(SnapshotStore& store, const SnapshotMeta& meta, const std::string& state,
                                std::size_t piece = 1000) {
  Result<std::unique_ptr<SnapshotWriter>> writer = store.create(meta);
  REQUIRE(writer);
  for (std::size_t at = 0; at < state.size(); at += piece) {
    REQUIRE((*writer)->write(std::string_view(state).substr(at, piece)));
  }
  Result<SnapshotManifest> manifest = (*writer)->publish();
  INFO(manifest);
  REQUIRE(manifest);
  return *manifest;
}

[[nodiscard]] inline Result<std::string> read_state(SnapshotReader& reader) {
  std::string state;
  while (true) {
    Result<std::string> piece = reader.read();
    if (!piece) return piece.error();
    if (piece->empty()) return state;
    state += *piece;
  }
}

[[nodiscard]] inline Result<std::string> read_state(SnapshotStore& store, const std::string& id) {
  Result<std::unique_ptr<SnapshotReader>> reader = store.read(id);
  if (!reader) return reader.error();
  return read_state(**reader);
}

}  // namespace consensus
