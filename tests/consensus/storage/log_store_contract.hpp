// What every LogStore promises, as clauses that are run over each implementation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "consensus/log_store.hpp"

namespace consensus {

// Where a store keeps its data.
class LogStoreMedium {
 public:
  virtual ~LogStoreMedium() = default;
  // A store on what was written before; the former one is gone.
  [[nodiscard]] virtual std::unique_ptr<LogStore> store() = 0;
};

struct LogStoreClause {
  std::string name;
  void (*check)(LogStoreMedium& medium);
};

[[nodiscard]] const std::vector<LogStoreClause>& log_store_contract();

}  // namespace consensus
