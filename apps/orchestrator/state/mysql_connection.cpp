// Waits for the operations of a session, and tells what a server's refusals mean.
#include "state/mysql_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <optional>

namespace orchestrator::state {

namespace mysql = topology::mysql;

namespace {

// Source: MySQL Server Error Message Reference, MariaDB Error Codes.
Errc code_of(unsigned number) {
  switch (number) {
    case 1205:  // lock wait timeout
    case 1213:  // deadlock
      return Errc::locked;
    case 1290:  // --read-only
    case 1792:  // a read-only transaction
    case 1836:  // read-only mode
    case 3100:  // super_read_only
      return Errc::read_only;
    case 1021:  // disk full
    case 1114:  // table full
      return Errc::disk_full;
    case 1054:  // unknown column
    case 1146:  // no such table
      return Errc::corrupt;
    default:
      return is_denial(number) ? Errc::access_denied : Errc::io_error;
  }
}

}  // namespace

bool is_denial(unsigned number) noexcept {
  switch (number) {
    case 1044:  // database
    case 1045:  // account
    case 1142:  // table
    case 1143:  // column
    case 1227:  // a privilege
    case 1370:  // routine
    case 1698:  // account
      return true;
    default:
      return false;
  }
}

std::string mysql_literal(std::string_view text) {
  std::string literal = "'";
  for (const char letter : text) {
    if (letter == '\0') {
      literal += "\\0";
      continue;
    }
    if (letter == '\'' || letter == '\\') literal += '\\';
    literal += letter;
  }
  return literal + "'";
}

std::string mysql_identifier(std::string_view name) {
  std::string identifier = "`";
  for (const char letter : name) identifier += letter == '`' ? std::string("``") : std::string(1, letter);
  return identifier + "`";
}

std::string mysql_text(std::string_view text, std::span<const Value> values) {
  std::string filled;
  std::size_t next = 0;
  for (const char letter : text) {
    if (letter != '?') {
      filled += letter;
      continue;
    }
    const auto& value = values[next++];
    const auto* string = std::get_if<std::string>(&value);
    filled += string != nullptr ? mysql_literal(*string) : std::to_string(std::get<std::int64_t>(value));
  }
  return filled;
}

template <class T>
T MysqlConnection::wait(boost::asio::awaitable<T> operation) {
  std::optional<T> result;
  std::exception_ptr thrown;
  boost::asio::co_spawn(context_, std::move(operation), [&](std::exception_ptr exception, T value) {
    thrown = std::move(exception);
    result = std::move(value);
  });
  context_.restart();
  while (!result) context_.run_one();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

MysqlConnection::MysqlConnection(const MysqlOptions& options) : options_(options) {
  const auto deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
  auto session = wait(mysql::Session::connect(context_.get_executor(), options_.connect, deadline));
  if (!session) {
    const bool denied = session.error().code == topology::Errc::access_denied;
    throw DatabaseFailure{make_error(denied ? Errc::access_denied : Errc::unreachable, session.error().message())};
  }
  session_ = std::move(*session);
  execute(
      "SET NAMES utf8mb4; SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'; "
      "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
}

mysql::StatementResults MysqlConnection::query(std::string statements) {
  const auto deadline = std::chrono::steady_clock::now() + options_.statement_timeout;
  auto results = wait(session_->query(std::move(statements), deadline));
  if (!results) throw DatabaseFailure{make_error(Errc::unreachable, results.error().message())};
  return std::move(*results);
}

DatabaseFailure MysqlConnection::failure_of(const mysql::StatementError& refusal) {
  return {make_error(code_of(refusal.number), refusal.error.context)};
}

mysql::ResultSet MysqlConnection::execute(std::string statements) {
  auto results = query(std::move(statements));
  if (results.failure) throw failure_of(*results.failure);
  return results.results.empty() ? mysql::ResultSet() : std::move(results.results.back());
}

std::int64_t MysqlConnection::number(std::string statement) {
  const auto found = execute(std::move(statement));
  if (found.empty()) return 0;
  const auto text = found.row(0).text(std::size_t{0});
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace orchestrator::state
