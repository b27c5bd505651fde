// Puts records into tables and gets them out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/database.hpp"
#include "state/layout.hpp"
#include "state/tables.hpp"

namespace orchestrator::state {

// The values of a statement's parameters.
template <class... Parameters>
std::vector<Value> values(const Parameters&... parameters) {
  std::vector<Value> all;
  all.reserve(sizeof...(parameters));
  (all.push_back(Storage<Parameters>::to(parameters)), ...);
  return all;
}
inline std::vector<Value> values(const InstanceKey& key) {
  return values(key.hostname, key.port);
}

// A thin view of a database; throws DatabaseFailure.
class RecordStore {
 public:
  explicit RecordStore(Database& database) : database_(database) {}

  template <class Row>
  void put(const Row& row) {
    static const std::string text = put_text(layout_of<Row>().text(), layout_of<Row>().text().name);
    database_.run(text, layout_of<Row>().values_of(row));
  }

  // The rows that meet the rest of the statement, as in "WHERE `uid` = ? ORDER BY `id` DESC".
  template <class Row>
  std::vector<Row> select(std::string_view rest, const std::vector<Value>& parameters = {}) {
    const auto& layout = layout_of<Row>();
    static const auto types = types_of(layout.text());
    const auto found = database_.select(select_text(layout.text()) + " " + std::string(rest), parameters, types);
    std::vector<Row> rows;
    while (auto one = found->next()) {
      auto row = layout.row_of(*one);
      if (!row) throw DatabaseFailure{make_error(Errc::corrupt, row.error().context)};
      rows.push_back(std::move(*row));
    }
    return rows;
  }
  // In the order of their keys.
  template <class Row>
  std::vector<Row> all() {
    return select<Row>("ORDER BY " + key_columns_text(layout_of<Row>().text()));
  }
  template <class Row>
  std::optional<Row> find(const std::vector<Value>& key) {
    auto rows = select<Row>("WHERE " + key_condition_text(layout_of<Row>().text()), key);
    return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
  }

  template <class Row>
  void erase(const std::vector<Value>& key) {
    static const std::string condition = key_condition_text(layout_of<Row>().text());
    erase_where<Row>(condition, key);
  }
  template <class Row>
  void erase_where(std::string_view condition, const std::vector<Value>& parameters) {
    database_.run("DELETE FROM `" + std::string(layout_of<Row>().text().name) + "` WHERE " + std::string(condition),
                  parameters);
  }
  template <class Row>
  std::uint64_t count(std::string_view condition, const std::vector<Value>& parameters) {
    return number("SELECT COUNT(*) FROM `" + std::string(layout_of<Row>().text().name) + "` WHERE " +
                      std::string(condition),
                  parameters)
        .value_or(0);
  }

  // The one value of the one row of a statement, if there is a row.
  std::optional<std::uint64_t> number(const std::string& text, const std::vector<Value>& parameters);
  std::optional<std::string> text(const std::string& text, const std::vector<Value>& parameters);

  [[nodiscard]] Database& database() { return database_; }

 private:
  Database& database_;
};

}  // namespace orchestrator::state
