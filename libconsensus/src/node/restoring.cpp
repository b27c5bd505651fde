// Restoring the state machine from a stored snapshot.
#include "node/restoring.hpp"

#include <algorithm>
#include <utility>

#include "node/envelope.hpp"

namespace consensus {
namespace {

Result<std::unique_ptr<SnapshotReader>> find_snapshot(SnapshotStore& snapshots, const SnapshotMeta& meta) {
  Result<std::vector<SnapshotManifest>> all = snapshots.list();
  if (!all) return all.error();
  const auto at = std::find_if(all->begin(), all->end(),
                               [&](const SnapshotManifest& one) { return one.meta.position == meta.position; });
  if (at == all->end()) {
    return make_error(Errc::storage_failed,
                      "the snapshot at " + std::to_string(meta.position.index.value()) + " is gone");
  }
  return snapshots.read(at->id);
}

}  // namespace

Result<void> restore_from_store(NodePorts& ports, const SnapshotMeta& meta, Applier& applier) {
  Result<std::unique_ptr<SnapshotReader>> reader = find_snapshot(ports.snapshots, meta);
  if (!reader) return reader.error();
  Result<std::unique_ptr<SnapshotSink>> sink = ports.state_machine.restore_snapshot(meta.position.index);
  if (!sink) return sink.error();
  SnapshotHeaderReader header;
  for (;;) {
    Result<std::string> piece = (*reader)->read();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    Result<std::string_view> rest = header.take(*piece);
    if (!rest) return rest.error();
    if (rest->empty()) continue;
    Result<void> written = (*sink)->write(*rest);
    if (!written) return written;
  }
  if (!header.complete()) return make_error(Errc::malformed, "snapshot ends within its header");
  Result<RememberedKeys> keys = RememberedKeys::from_bytes(header.keys());
  if (!keys) return keys.error();
  Result<void> finished = (*sink)->finish();
  if (!finished) return finished;
  applier.start_at(meta.position, {meta.configuration_index, meta.configuration}, std::move(*keys));
  return {};
}

}  // namespace consensus
