// Keeps the state in an SQLite database.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "state/state.hpp"

namespace orchestrator::state {

class SqliteDatabase;

struct SqliteOptions {
  std::string file;  // ":memory:" for a state that ends with the object
  // How long a call waits for another process that has locked the file.
  std::chrono::milliseconds lock_wait{1000};
};

// The journal is a write-ahead log, so that readers of other processes do not hold us up and a commit is one append.
// synchronous is NORMAL: what was committed survives the death of the program; a power cut may take back the last
// commits but never damages the file. That is enough for what probing finds again within a second, and for a state that
// a Raft log, which is synced, replays later.
class SqliteState final : public State {
 public:
  // Creates the file with mode 0600, or brings an older schema to the present version in one transaction.
  // Errors: all but overloaded and stopped; a file that cannot be used is left as it is.
  [[nodiscard]] static Result<std::unique_ptr<SqliteState>> open(const SqliteOptions& options);
  ~SqliteState() override;

  using State::apply;
  [[nodiscard]] Result<void> apply(std::span<const Command> commands) override;
  [[nodiscard]] Result<std::vector<InstanceRecord>> instances() override;
  [[nodiscard]] Result<std::vector<ClusterRecord>> clusters() override;
  [[nodiscard]] Result<std::vector<HostnameResolve>> hostname_resolves() override;
  [[nodiscard]] Result<std::vector<KeyValue>> key_values() override;
  [[nodiscard]] Result<std::optional<std::string>> value_of(const std::string& key) override;

 private:
  explicit SqliteState(std::unique_ptr<SqliteDatabase> database);
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace orchestrator::state
