// Restoring the state machine from a stored snapshot.
#include "node/restoring.hpp"

#include <algorithm>
#include <utility>

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

Result<Restoring> Restoring::begin(StateMachine& state_machine, SnapshotMeta meta) {
  Result<std::unique_ptr<SnapshotSink>> sink = state_machine.restore_snapshot(meta.position.index);
  if (!sink) return sink.error();
  return Restoring(std::move(meta), std::move(*sink));
}

Result<void> Restoring::take(std::string_view piece) {
  const Result<std::string_view> rest = header_.take(piece);
  if (!rest) return rest.error();
  if (rest->empty()) return {};
  return sink_->write(*rest);
}

Result<void> Restoring::finish(Applier& applier) {
  if (!header_.complete()) return make_error(Errc::malformed, "snapshot ends within its header");
  Result<RememberedKeys> keys = RememberedKeys::from_bytes(header_.keys());
  if (!keys) return keys.error();
  Result<void> finished = sink_->finish();
  if (!finished) return finished;
  applier.start_at(meta_.position, {meta_.configuration_index, meta_.configuration}, std::move(*keys));
  return {};
}

Result<void> restore_from_store(NodePorts& ports, const SnapshotMeta& meta, Applier& applier) {
  Result<std::unique_ptr<SnapshotReader>> reader = find_snapshot(ports.snapshots, meta);
  if (!reader) return reader.error();
  Result<Restoring> restoring = Restoring::begin(ports.state_machine, meta);
  if (!restoring) return restoring.error();
  for (;;) {
    const Result<std::string> piece = (*reader)->read();
    if (!piece) return piece.error();
    if (piece->empty()) return restoring->finish(applier);
    Result<void> taken = restoring->take(*piece);
    if (!taken) return taken;
  }
}

}  // namespace consensus
