// The list of tables, and the SQL that is generated from a table's layout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "state/layout.hpp"
#include "state/records.hpp"

namespace orchestrator::state {

// How far a backend has applied the log; its own affair, not replicated. One row, with the id 1.
struct AppliedIndex {
  std::uint64_t id = 1;
  std::uint64_t index = 0;
};

// What is replicated, and goes into snapshots.
using ReplicatedRecords =
    std::tuple<InstanceRecord, ClusterRecord, HostnameResolve, KeyValue, Number, ClusterAlias, HostnameUnresolve,
               PastInstance, Candidate, Downtime, Maintenance, Tag, PoolInstance, Detection, Recovery, RecoveryStep,
               BlockedRecovery, Audit, AccessToken, GroupNode>;

// Calls visit(std::type_identity<Row>()) for each of them.
template <class Visit>
void for_each_record(Visit visit) {
  [&]<class... Rows>(std::type_identity<std::tuple<Rows...>>) {
    (visit(std::type_identity<Rows>()), ...);
  }(std::type_identity<ReplicatedRecords>());
}

// The layouts of those records, and of all that a backend has tables for.
[[nodiscard]] const std::vector<const LayoutText*>& replicated_layouts();
[[nodiscard]] const std::vector<const LayoutText*>& table_layouts();

enum class Dialect : std::uint8_t { sqlite, mysql };

// What brings this table from the version before to the given one: nothing, its creation, or new columns.
[[nodiscard]] std::vector<std::string> migration_of(const LayoutText& table, int version, Dialect dialect);
// The statements that bring a database from version - 1 to version.
[[nodiscard]] std::vector<std::string> migration_steps(int version, Dialect dialect);

// A table of the present version under another name.
[[nodiscard]] std::string create_text(const LayoutText& table, std::string_view name, Dialect dialect);
// Inserts a row or replaces the one with the same key.
[[nodiscard]] std::string put_text(const LayoutText& table, std::string_view name);
// Tables of the same columns that are filled aside, and what makes them take the places of the real ones, all at once
// (between begin() and commit() of a Database).
[[nodiscard]] std::string staging_name(const LayoutText& table);
[[nodiscard]] std::vector<std::string> staging_steps(Dialect dialect);
[[nodiscard]] std::vector<std::string> swap_steps(Dialect dialect);
// All columns; what follows (WHERE …) is up to the caller.
[[nodiscard]] std::string select_text(const LayoutText& table);
// "`a`, `b`" and "`a` = ? AND `b` = ?" of the key's columns.
[[nodiscard]] std::string key_columns_text(const LayoutText& table);
[[nodiscard]] std::string key_condition_text(const LayoutText& table);
// The type of each field.
[[nodiscard]] std::vector<ValueType> types_of(const LayoutText& table);

}  // namespace orchestrator::state
