// Applies commands and answers queries with SQL.
#include "state/sqlite_state.hpp"

#include "state/schema.hpp"
#include "state/sqlite_database.hpp"

namespace orchestrator::state {
namespace {

// The cache of statements goes by the address of the text.
const std::string cluster_of_instance = "SELECT cluster_id FROM instance WHERE hostname = ? AND port = ?";
const std::string delete_instances_of_cluster = "DELETE FROM instance WHERE cluster_id = ?";
const std::string delete_empty_cluster =
    "DELETE FROM cluster WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM instance WHERE cluster_id = ?1)";
const std::string delete_old_resolves = "DELETE FROM hostname_resolve WHERE resolved_at < ?";
const std::string value_of_key = "SELECT value FROM key_value WHERE key = ?";

// What is wrong with a command whatever the state is; "" if nothing.
std::string problem_of(const RecordInstance& command) {
  const auto& key = command.instance.key;
  return key.hostname.empty() || key.port == 0 ? "RecordInstance: no host or port" : "";
}
std::string problem_of(const RecordCluster& command) {
  return command.cluster.id.empty() ? "RecordCluster: no id" : "";
}
std::string problem_of(const RecordHostnameResolve& command) {
  return command.resolve.hostname.empty() ? "RecordHostnameResolve: no host name" : "";
}
template <class Other>
std::string problem_of(const Other&) {
  return {};
}

}  // namespace

// Runs one command after the other within the transaction of its caller.
class Applier {
 public:
  explicit Applier(SqliteDatabase& database) : database_(database) {}

  void operator()(const RecordInstance& command) {
    const auto& instance = command.instance;
    const auto before = cluster_of(instance.key);
    put(schema().instances, instance);
    if (before && *before != instance.cluster_id) run(delete_empty_cluster, *before);
  }
  void operator()(const ForgetInstance& command) {
    const auto cluster = cluster_of(command.key);
    run(schema().instances.remove(), command.key.hostname, int{command.key.port});
    if (cluster) run(delete_empty_cluster, *cluster);
  }
  void operator()(const RecordCluster& command) { put(schema().clusters, command.cluster); }
  void operator()(const ForgetCluster& command) {
    run(delete_instances_of_cluster, command.id);
    run(schema().clusters.remove(), command.id);
  }
  void operator()(const RecordHostnameResolve& command) { put(schema().hostname_resolves, command.resolve); }
  void operator()(const ForgetHostnameResolve& command) { run(schema().hostname_resolves.remove(), command.hostname); }
  void operator()(const ForgetHostnameResolvesBefore& command) {
    run(delete_old_resolves, std::int64_t{command.time.time_since_epoch().count()});
  }
  void operator()(const PutKeyValue& command) { put(schema().key_values, command.pair); }
  void operator()(const DeleteKeyValue& command) { run(schema().key_values.remove(), command.key); }

 private:
  template <class Row>
  void put(const Table<Row>& table, const Row& row) {
    auto statement = database_.use(table.upsert());
    table.bind(*statement, row);
    statement->exec();
  }

  template <class... Values>
  void run(const std::string& text, const Values&... values) {
    auto statement = database_.use(text);
    int index = 0;
    (statement->bind(++index, values), ...);
    statement->exec();
  }

  std::optional<std::string> cluster_of(const InstanceKey& key) {
    auto statement = database_.use(cluster_of_instance);
    statement->bind(1, key.hostname);
    statement->bind(2, int{key.port});
    if (!statement->executeStep()) return std::nullopt;
    return statement->getColumn(0).getString();
  }

  SqliteDatabase& database_;
};

Result<std::unique_ptr<SqliteState>> SqliteState::open(const SqliteOptions& options) {
  auto database = SqliteDatabase::open(options);
  if (!database) return database.error();
  return std::unique_ptr<SqliteState>(new SqliteState(std::move(*database)));
}

SqliteState::SqliteState(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}
SqliteState::~SqliteState() = default;

Result<void> SqliteState::apply(std::span<const Command> commands) {
  for (const auto& command : commands) {
    auto problem = std::visit([](const auto& one) { return problem_of(one); }, command);
    if (!problem.empty()) return make_error(Errc::invalid_argument, std::move(problem));
  }
  if (commands.empty()) return {};
  try {
    database_->begin();
    Applier applier(*database_);
    for (const auto& command : commands) std::visit(applier, command);
    database_->commit();
    return {};
  } catch (const SQLite::Exception& exception) {
    auto error = database_->error_of(exception);
    database_->roll_back();
    return error;
  }
}

Result<std::vector<InstanceRecord>> SqliteState::instances() {
  return database_->rows_of(schema().instances);
}
Result<std::vector<ClusterRecord>> SqliteState::clusters() {
  return database_->rows_of(schema().clusters);
}
Result<std::vector<HostnameResolve>> SqliteState::hostname_resolves() {
  return database_->rows_of(schema().hostname_resolves);
}
Result<std::vector<KeyValue>> SqliteState::key_values() {
  return database_->rows_of(schema().key_values);
}

Result<std::optional<std::string>> SqliteState::value_of(const std::string& key) {
  try {
    auto statement = database_->use(value_of_key);
    statement->bind(1, key);
    if (!statement->executeStep()) return std::optional<std::string>();
    return std::optional<std::string>(statement->getColumn(0).getString());
  } catch (const SQLite::Exception& exception) {
    return database_->error_of(exception);
  }
}

}  // namespace orchestrator::state
