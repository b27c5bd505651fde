// What every SnapshotStore promises, as clauses that are run over each implementation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "consensus/snapshot_format.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {

// Where a store keeps its snapshots.
class SnapshotStoreMedium {
 public:
  virtual ~SnapshotStoreMedium() = default;
  // A store on what was published before; the former one is gone.
  [[nodiscard]] virtual std::unique_ptr<SnapshotStore> store(const SnapshotFormat& format) = 0;
};

struct SnapshotStoreClause {
  std::string name;
  void (*check)(SnapshotStoreMedium& medium);
};

[[nodiscard]] const std::vector<SnapshotStoreClause>& snapshot_store_contract();

}  // namespace consensus
