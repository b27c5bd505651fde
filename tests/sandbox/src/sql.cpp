// Blocking SQL for tests, by MariaDB Connector/C.
#include "sandbox/sql.hpp"

#include <mysql.h>
#include <strings.h>

#include <utility>

namespace sandbox {
namespace {

using Stored = std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)>;

ResultSet read_rows(MYSQL_RES& stored) {
  ResultSet result;
  const unsigned columns = mysql_num_fields(&stored);
  for (unsigned i = 0; i < columns; ++i) result.columns.emplace_back(mysql_fetch_field_direct(&stored, i)->name);
  while (char** fields = mysql_fetch_row(&stored)) {
    const unsigned long* lengths = mysql_fetch_lengths(&stored);
    Row& row = result.rows.emplace_back();
    for (unsigned i = 0; i < columns; ++i) {
      if (fields[i] == nullptr) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(std::string(fields[i], lengths[i]));
      }
    }
  }
  return result;
}

// Statements that carry a password are named by their first words only.
std::string shown(const std::string& sql) {
  constexpr std::size_t enough = 60;
  return sql.size() <= enough ? sql : sql.substr(0, enough) + "…";
}

}  // namespace

struct SqlConnection::Handle {
  MYSQL mysql{};
  Handle() { mysql_init(&mysql); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { mysql_close(&mysql); }

  [[noreturn]] void fail(const std::string& what) {
    throw SqlError(mysql_errno(&mysql), what + ": " + mysql_error(&mysql));
  }
};

std::string ResultSet::text(std::string_view column, std::size_t row) const {
  const std::string wanted(column);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (strcasecmp(columns[i].c_str(), wanted.c_str()) == 0) return rows.at(row).at(i).value_or("");
  }
  throw std::out_of_range("no column " + wanted);
}

std::string ResultSet::scalar() const {
  return rows.at(0).at(0).value_or("");
}

SqlConnection::SqlConnection(const SqlTarget& target) : handle_(std::make_unique<Handle>()) {
  const auto seconds = static_cast<unsigned>(target.timeout.count());
  mysql_optionsv(&handle_->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(&handle_->mysql, MYSQL_OPT_READ_TIMEOUT, &seconds);
  mysql_optionsv(&handle_->mysql, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
  mysql_optionsv(&handle_->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(&handle_->mysql, target.host.c_str(), target.account.name.c_str(),
                         target.account.password.c_str(), nullptr, target.port, nullptr, 0) == nullptr) {
    handle_->fail("cannot connect to " + target.host + ":" + std::to_string(target.port));
  }
}

SqlConnection::SqlConnection(SqlConnection&&) noexcept = default;
SqlConnection& SqlConnection::operator=(SqlConnection&&) noexcept = default;
SqlConnection::~SqlConnection() = default;

void SqlConnection::execute(const std::string& sql) {
  static_cast<void>(query(sql));
}

ResultSet SqlConnection::query(const std::string& sql) {
  if (mysql_real_query(&handle_->mysql, sql.data(), sql.size()) != 0) handle_->fail(shown(sql));
  const Stored stored(mysql_store_result(&handle_->mysql), &mysql_free_result);
  if (stored) return read_rows(*stored);
  if (mysql_errno(&handle_->mysql) != 0) handle_->fail(shown(sql));
  return {};
}

bool SqlConnection::alive() {
  return mysql_ping(&handle_->mysql) == 0;
}

}  // namespace sandbox
