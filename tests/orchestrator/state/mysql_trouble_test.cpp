// Servers that refuse, die, come back or hold somebody else's tables.
#include <atomic>
#include <thread>

#include "catch.hpp"
#include "mysql_fixture.hpp"
#include "state/mysql_connection.hpp"
#include "state/replicated_state.hpp"
#include "wait_until.hpp"

namespace orchestrator::state {
namespace {

using support::wait_until;
using namespace std::chrono_literals;

std::vector<Command> put(const std::string& key, const std::string& value = "v") {
  std::vector<Command> commands;
  commands.emplace_back(PutKeyValue{{key, value}});
  return commands;
}

std::string bytes_of(const std::vector<Command>& commands) {
  return encode_commands(commands, state_version).value();
}

Error open_error(const MysqlOptions& options) {
  const auto database = open_mysql(options);
  if (database) FAIL("the database was opened");
  INFO(database.error().message());
  return database.error();
}

// An account with these privileges on the database.
MysqlOptions as_account(const std::string& name, const std::string& database, const std::string& privileges) {
  server().execute("CREATE USER '" + name + "'@'%' IDENTIFIED BY 'secret'");
  if (!privileges.empty()) server().execute("GRANT " + privileges + " ON `" + database + "`.* TO '" + name + "'@'%'");
  auto options = options_for(database);
  options.connect.credentials = {name, "secret"};
  return options;
}

class ServerState {
 public:
  std::string database = new_database();
  std::unique_ptr<State> state = must_open(open_mysql(options_for(database)));
  ~ServerState() {
    state.reset();
    server().execute("DROP DATABASE IF EXISTS " + database);
  }
};

}  // namespace

TEST_CASE("Values are quoted so that every text is one value") {
  CHECK(mysql_text("a = ? AND b = ?", std::vector<Value>{std::int64_t{-5}, std::string("it's \\ ? \0", 9)}) ==
        "a = -5 AND b = 'it\\'s \\\\ ? '");
  CHECK(mysql_literal(std::string("\0'", 2)) == "'\\0\\''");
  CHECK(mysql_identifier("a`b") == "`a``b`");
}

TEST_CASE("An account without privileges is told the GRANT that is missing, and nothing else is done") {
  const auto database = new_database();
  SECTION("none at all, and no such database") {
    const auto options = as_account(database, database, "");
    const auto error = open_error(options);
    CHECK(error.code == Errc::access_denied);
    CHECK(error.context ==
          "run: GRANT SELECT, INSERT, DELETE, CREATE, ALTER, DROP ON `" + database + "`.* TO '" + database + "'@'%'");
    CHECK(error.message().find("secret") == std::string::npos);
    const auto grant = error.context.substr(std::string("run: ").size());
    server().execute(grant);
    CHECK(open_mysql(options).has_value());
  }
  SECTION("some") {
    server().execute("CREATE DATABASE " + database);
    const auto options = as_account(database, database, "SELECT, INSERT, CREATE, ALTER");
    const auto error = open_error(options);
    CHECK(error.context == "run: GRANT DELETE, DROP ON `" + database + "`.* TO '" + database + "'@'%'");
    CHECK(server().query("SHOW TABLES IN " + database).rows.size() <= 1);
    server().execute(error.context.substr(std::string("run: ").size()));
    CHECK(open_mysql(options).has_value());
  }
  SECTION("a wrong password") {
    auto options = options_for(database);
    options.connect.credentials.password = "wrong";
    const auto error = open_error(options);
    CHECK(error.code == Errc::access_denied);
    CHECK(error.message().find("wrong") == std::string::npos);
  }
  server().execute("DROP USER IF EXISTS '" + database + "'@'%'");
  server().execute("DROP DATABASE IF EXISTS " + database);
}

TEST_CASE("Tables are made with the character set and engine that the state needs") {
  const ServerState owned;
  const auto made =
      server().query("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '" + owned.database +
                     "' AND engine = 'InnoDB' AND (table_collation = 'utf8mb4_bin' OR table_name = 'schema_version')");
  CHECK(made.scalar() == std::to_string(table_layouts().size() + 1));
}

TEST_CASE("An older schema is upgraded, a migration that was cut off goes on, a newer schema is refused") {
  ServerState owned;
  REQUIRE(propose(*owned.state, put("k")).has_value());
  owned.state.reset();
  const auto& tables = table_layouts();
  SECTION("older, or cut off anywhere") {
    server().execute("UPDATE " + owned.database + ".schema_version SET version = 1");
    const auto from = GENERATE(1, 5, 19);
    for (std::size_t i = static_cast<std::size_t>(from); i < tables.size(); ++i) {
      // The tables of version 1 were there.
      if (tables[i]->since > 1)
        server().execute("DROP TABLE " + owned.database + ".`" + std::string(tables[i]->name) + "`");
    }
    owned.state = must_open(open_mysql(options_for(owned.database)));
    CHECK(owned.state->value_of("k").value() == "v");
    CHECK(propose(*owned.state, put("l")).has_value());
    CHECK(server().query("SELECT version FROM " + owned.database + ".schema_version").scalar() ==
          std::to_string(state_version));
  }
  SECTION("newer") {
    server().execute("UPDATE " + owned.database + ".schema_version SET version = 99");
    const auto error = open_error(options_for(owned.database));
    CHECK(error.code == Errc::schema_too_new);
    CHECK(error.context == "database `" + owned.database + "`: schema version 99, known up to 2");
  }
}

TEST_CASE("The database of another program is refused and left as it is") {
  const auto database = new_database();
  server().execute("CREATE DATABASE " + database);
  server().execute("CREATE TABLE " + database + ".database_instance (a INT)");
  CHECK(open_error(options_for(database)).code == Errc::foreign);
  CHECK(server().query("SHOW TABLES IN " + database).rows.size() == 1);
  server().execute("DROP DATABASE " + database);
}

TEST_CASE("Two orchestrators cannot use one database") {
  ServerState owned;
  const auto error = open_error(options_for(owned.database));
  CHECK(error.code == Errc::in_use);
  CHECK_FALSE(is_retryable(error.code));
  owned.state.reset();
  owned.state = must_open(open_mysql(options_for(owned.database)));
  CHECK(propose(*owned.state, put("k")).has_value());
}

TEST_CASE("A connection that the server ended is made anew by the next call") {
  ServerState owned;
  REQUIRE(propose(*owned.state, put("a")).has_value());
  const auto end_connections = [&] {
    const auto ids =
        server().query("SELECT id FROM information_schema.processlist WHERE db = '" + owned.database + "'");
    REQUIRE(ids.rows.size() == 1);
    server().execute("KILL " + ids.scalar());
  };
  end_connections();
  CHECK(owned.state->value_of("a").value() == "v");
  end_connections();
  CHECK(propose(*owned.state, put("b")).has_value());
  CHECK(owned.state->applied().value() == 2);
}

TEST_CASE("While the server is away every call fails for a time, and goes on where the state was when it is back") {
  ServerState owned;
  REQUIRE(propose(*owned.state, put("a")).has_value());
  const auto options = options_for(owned.database);
  server().kill();
  const auto bytes = bytes_of(put("b"));
  const Proposal proposal{2, bytes};
  const auto refused = owned.state->apply(std::span(&proposal, 1), 2);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::unreachable);
  CHECK(is_retryable(refused.error().code));
  CHECK(owned.state->value_of("a").error().code == Errc::unreachable);
  CHECK(owned.state->snapshot().error().code == Errc::unreachable);
  CHECK(owned.state->begin_restore().error().code == Errc::unreachable);
  CHECK(open_error(options).code == Errc::unreachable);
  server().start();
  CHECK(owned.state->applied().value() == 1);
  CHECK(owned.state->apply(std::span(&proposal, 1), 2).has_value());
  CHECK(owned.state->value_of("b").value() == "v");
}

TEST_CASE("A node waits for its server, and every command is applied once") {
  ServerState owned;
  std::atomic<int> troubles = 0;
  std::atomic<bool> in_trouble = false;
  ReplicatedState machine(*owned.state, [&](const std::string& trouble) {
    if (!trouble.empty()) ++troubles;
    in_trouble = !trouble.empty();
  });
  std::atomic<std::uint64_t> done = 0;
  std::atomic<bool> stop = false;
  std::string failure;
  std::uint64_t index = 0;
  std::thread node([&] {
    while (!stop) {
      const auto bytes = bytes_of({RecordAudit{{.type = "t", .message = std::to_string(index + 1)}}});
      const consensus::Command command{consensus::Index(++index), bytes};
      const auto answers = machine.apply(std::span(&command, 1), command.index);
      const auto decoded = answers ? decode_answers(answers->front()) : Result<Answers>(make_error(Errc::stopped, ""));
      if (!decoded || decoded->front().id != index) {
        failure = answers ? "a wrong answer" : answers.error().message();
        return;
      }
      done = index;
    }
  });
  for (int round = 0; round < 3; ++round) {
    const auto before = done.load();
    CHECK(wait_until([&] { return done > before + 5; }, 30s));
    server().kill();
    CHECK(wait_until([&] { return in_trouble.load(); }, 30s));
    server().start();
    CHECK(wait_until([&] { return !in_trouble; }, 30s));
  }
  stop = true;
  node.join();
  CHECK(failure == "");
  CHECK(troubles >= 3);
  CHECK(owned.state->applied().value() == index);
  const auto audit = owned.state->audit({});
  CHECK(audit.value().size() == index);
}

TEST_CASE("A database that has lost what it had committed is noticed, and applied to again from where it is") {
  ServerState owned;
  for (int i = 1; i <= 3; ++i) REQUIRE(propose(*owned.state, put(std::to_string(i))).has_value());
  // What a server that does not sync its commits has after it died.
  server().execute("UPDATE " + owned.database + ".applied_index SET log_index = 1");
  const auto bytes = bytes_of(put("4"));
  const Proposal proposal{4, bytes};
  const auto lost = owned.state->apply(std::span(&proposal, 1), 4);
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().code == Errc::data_lost);
  CHECK(lost.error().context == "applied up to 3, and now 1");
  CHECK_FALSE(is_retryable(lost.error().code));
  CHECK(owned.state->applied().value() == 1);
  const Proposal again{2, bytes};
  CHECK(owned.state->apply(std::span(&again, 1), 2).has_value());
}

TEST_CASE("Rows that were lost while they were put aside are noticed before they replace anything") {
  ServerState source;
  for (int i = 0; i < 3; ++i) REQUIRE(propose(*source.state, put(std::to_string(i))).has_value());
  ServerState owned;
  REQUIRE(propose(*owned.state, put("old")).has_value());
  REQUIRE(owned.state->begin_restore().has_value());
  SnapshotParser parser;
  REQUIRE(owned.state->put_aside(parser.take(snapshot_of(*source.state)).value()).has_value());
  server().execute("DELETE FROM " + owned.database + ".staging_key_value WHERE `key` = '1'");
  const auto finished = owned.state->finish_restore(9);
  REQUIRE_FALSE(finished.has_value());
  CHECK(finished.error().code == Errc::data_lost);
  CHECK(finished.error().context == "staging_key_value: 2 of 3 rows are there");
  CHECK(owned.state->value_of("old").value() == "v");
}

TEST_CASE("A node that is told to give up does not wait for its server") {
  ServerState owned;
  ReplicatedState machine(*owned.state);
  server().kill();
  std::thread giver([&] { machine.give_up(); });
  const auto bytes = bytes_of(put("a"));
  const consensus::Command command{consensus::Index(1), bytes};
  CHECK_FALSE(machine.apply(std::span(&command, 1), command.index).has_value());
  CHECK_FALSE(machine.take_snapshot().has_value());
  giver.join();
  server().start();
}

TEST_CASE("A snapshot ends with its connection, and the node is told to go on without") {
  ServerState owned;
  for (int i = 0; i < 40; ++i)
    REQUIRE(propose(*owned.state, put(std::to_string(i), std::string(50'000, 'x'))).has_value());
  ReplicatedState machine(*owned.state);
  auto source = machine.take_snapshot();
  REQUIRE(source.has_value());
  REQUIRE((*source)->read().has_value());
  server().restart();
  consensus::Result<std::string> piece = std::string("x");
  while (piece && !piece->empty()) piece = (*source)->read();
  REQUIRE_FALSE(piece.has_value());
  CHECK(piece.error().code == consensus::Errc::no_space);
  CHECK(machine.take_snapshot().has_value());
}

TEST_CASE("A restore goes on when the server comes back in the middle, and is all or nothing") {
  ServerState source;
  for (int i = 0; i < 30; ++i)
    REQUIRE(propose(*source.state, put(std::to_string(i), std::string(30'000, 'x'))).has_value());
  const auto bytes = snapshot_of(*source.state);
  ServerState owned;
  REQUIRE(propose(*owned.state, put("old")).has_value());
  ReplicatedState machine(*owned.state);
  auto sink = machine.restore_snapshot(consensus::Index(77));
  REQUIRE(sink.has_value());
  const auto half = bytes.size() / 2;
  REQUIRE((*sink)->write(std::string_view(bytes).substr(0, half)).has_value());
  server().kill();
  server().start();
  CHECK(owned.state->value_of("old").value() == "v");
  REQUIRE((*sink)->write(std::string_view(bytes).substr(half)).has_value());
  server().restart();
  const auto finished = (*sink)->finish();
  if (!finished) FAIL(finished.error().message());
  CHECK(owned.state->applied().value() == 77);
  CHECK((snapshot_of(*owned.state) == bytes));
  CHECK_FALSE(owned.state->value_of("old").value().has_value());
}

}  // namespace orchestrator::state
