// Blocking SQL for tests, by MariaDB Connector/C.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct Account {
  std::string name;
  std::string password;
};

using Row = std::vector<std::optional<std::string>>;

// What a statement returned. Column names compare without case.
struct ResultSet {
  std::vector<std::string> columns;
  std::vector<Row> rows;

  [[nodiscard]] bool empty() const { return rows.empty(); }
  // Empty text for NULL. Throws std::out_of_range for an unknown column or row.
  [[nodiscard]] std::string text(std::string_view column, std::size_t row = 0) const;
  // The first column of the first row; throws when there is no row.
  [[nodiscard]] std::string scalar() const;
};

class SqlError : public std::runtime_error {
 public:
  SqlError(unsigned number, const std::string& text) : std::runtime_error(text), number_(number) {}
  [[nodiscard]] unsigned number() const { return number_; }

 private:
  unsigned number_;
};

struct SqlTarget {
  std::string host;
  std::uint16_t port = 0;
  Account account;
  std::chrono::seconds timeout{10};  // of connecting, and of each read and write
};

// One connection. Not thread-safe. Every failure is a SqlError that names the statement, never the password.
class SqlConnection {
 public:
  explicit SqlConnection(const SqlTarget& target);
  SqlConnection(SqlConnection&&) noexcept;
  SqlConnection& operator=(SqlConnection&&) noexcept;
  ~SqlConnection();

  void execute(const std::string& sql);
  [[nodiscard]] ResultSet query(const std::string& sql);
  [[nodiscard]] bool alive();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace sandbox
