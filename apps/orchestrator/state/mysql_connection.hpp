// A blocking connection to the server that keeps the state.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "state/mysql_database.hpp"
#include "topology/mysql/session.hpp"

namespace orchestrator::state {

// The text with its `?` replaced by the values, quoted for a session without NO_BACKSLASH_ESCAPES.
[[nodiscard]] std::string mysql_text(std::string_view text, std::span<const Value> values);
// `name`, and 'text'.
[[nodiscard]] std::string mysql_identifier(std::string_view name);
[[nodiscard]] std::string mysql_literal(std::string_view text);

// Runs the event loop of a session for as long as each call takes. Throws DatabaseFailure.
class MysqlConnection {
 public:
  // Sets the session's modes; uses no database yet.
  explicit MysqlConnection(const MysqlOptions& options);

  // Statements separated by ";", in one round trip. What the server refuses is a part of the result.
  [[nodiscard]] topology::mysql::StatementResults query(std::string statements);
  // The same; a refusal is thrown. The last result.
  topology::mysql::ResultSet execute(std::string statements);
  // The first value, 0 for none.
  [[nodiscard]] std::int64_t number(std::string statement);

  [[nodiscard]] bool is_alive() const { return session_->is_alive(); }
  [[nodiscard]] std::uint64_t id() const { return session_->connection_id(); }
  // What a refusal means; the context names server and account where it matters.
  [[nodiscard]] DatabaseFailure failure_of(const topology::mysql::StatementError& refusal);

 private:
  template <class T>
  [[nodiscard]] T wait(boost::asio::awaitable<T> operation);

  const MysqlOptions& options_;
  boost::asio::io_context context_{1};
  std::unique_ptr<topology::mysql::Session> session_;
};

// True for an error number that says that an account or privilege is missing.
[[nodiscard]] bool is_denial(unsigned number) noexcept;

}  // namespace orchestrator::state
