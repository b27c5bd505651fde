// The binary form of snapshot manifests.
#include <utility>

#include "bytes.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {
namespace {

constexpr std::uint8_t manifest_version = 1;

}  // namespace

std::string encode(const SnapshotManifest& manifest) {
  ByteWriter out;
  out.u8(manifest_version);
  out.number(manifest.meta.position.index.value());
  out.number(manifest.meta.position.term.value());
  out.u64(manifest.meta.position.chain);
  out.number(manifest.meta.configuration_index.value());
  out.text(encode(manifest.meta.configuration).view());
  out.text(manifest.id);
  out.number(manifest.size);
  out.number(manifest.chunk_size);
  out.number(manifest.chunk_checksums.size());
  for (const std::uint32_t checksum : manifest.chunk_checksums) out.u32(checksum);
  out.text(manifest.digest);
  return out.take();
}

Result<SnapshotManifest> decode_manifest(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != manifest_version) return make_error(Errc::malformed, "snapshot manifest of an unknown version");
  SnapshotManifest manifest;
  manifest.meta.position.index = Index(in.number());
  manifest.meta.position.term = Term(in.number());
  manifest.meta.position.chain = in.u64();
  manifest.meta.configuration_index = Index(in.number());
  Result<Configuration> configuration = decode_configuration(in.text());
  if (!configuration) return configuration.error();
  manifest.meta.configuration = std::move(*configuration);
  manifest.id = in.text();
  manifest.size = in.number();
  const std::uint64_t chunk_size = in.number();
  manifest.chunk_size = static_cast<std::uint32_t>(chunk_size);
  const std::uint64_t chunks = in.count(sizeof(std::uint32_t));
  manifest.chunk_checksums.reserve(static_cast<std::size_t>(chunks));
  for (std::uint64_t i = 0; i < chunks; ++i) manifest.chunk_checksums.push_back(in.u32());
  manifest.digest = in.text();
  if (!in.finished() || manifest.chunk_size == 0 || manifest.chunk_size != chunk_size ||
      manifest.size / manifest.chunk_size + (manifest.size % manifest.chunk_size != 0 ? 1 : 0) != chunks) {
    return make_error(Errc::malformed, "snapshot manifest");
  }
  return manifest;
}

}  // namespace consensus
