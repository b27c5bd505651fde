// Tests of the choice of SQL by version and of the grants that warnings name.
#include "mysql/dialect.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using topology::parse_server_version;
using topology::mysql::dialect_for;
using topology::mysql::grant_for;
using topology::mysql::Part;
using topology::mysql::Sending;
using topology::mysql::statement_of;
using topology::mysql::variables_statement;

TEST_CASE("each version gets the words it knows") {
  struct Case {
    const char* version;
    const char* channels;
    const char* position;
    const char* replicas;
  };
  const std::vector<Case> cases{
      {"5.7.44-log", "SHOW SLAVE STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
      {"8.0.11", "SHOW SLAVE STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
      {"8.0.9", "SHOW SLAVE STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
      {"8.0.36", "SHOW REPLICA STATUS", "SHOW MASTER STATUS", "SHOW REPLICAS"},
      {"8.4.0", "SHOW REPLICA STATUS", "SHOW BINARY LOG STATUS", "SHOW REPLICAS"},
      {"9.7.1", "SHOW REPLICA STATUS", "SHOW BINARY LOG STATUS", "SHOW REPLICAS"},
      {"10.0.1", "SHOW REPLICA STATUS", "SHOW BINARY LOG STATUS", "SHOW REPLICAS"},
      {"10.4.30-MariaDB-log", "SHOW ALL SLAVES STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
      {"10.11.6-MariaDB-0+deb12u1", "SHOW ALL SLAVES STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
      {"11.8.2-MariaDB", "SHOW ALL SLAVES STATUS", "SHOW MASTER STATUS", "SHOW SLAVE HOSTS"},
  };
  for (const auto& [version, channels, position, replicas] : cases) {
    INFO(version);
    const auto& dialect = dialect_for(parse_server_version(version, ""));
    CHECK(statement_of(Part::channels, dialect) == channels);
    CHECK(statement_of(Part::binlog_position, dialect) == position);
    CHECK(statement_of(Part::replicas, dialect) == replicas);
  }
}

TEST_CASE("group members and stored credentials are asked only where there are some") {
  const auto text = [](Part part, const char* version) {
    return statement_of(part, dialect_for(parse_server_version(version, "")));
  };
  CHECK(text(Part::group_members, "5.7.44").empty());
  CHECK_FALSE(text(Part::group_members, "8.0.20").empty());
  CHECK(text(Part::group_members, "10.11.6-MariaDB").empty());
  CHECK(text(Part::stored_credentials, "10.11.6-MariaDB").empty());
  CHECK_FALSE(text(Part::stored_credentials, "9.7.1").empty());
}

TEST_CASE("a MaxScale binlog server is asked for nothing but replication, one statement at a time") {
  const auto& dialect = dialect_for(parse_server_version("2.0.5-maxscale", ""));
  CHECK(dialect.sending == Sending::one_by_one);
  CHECK(dialect_for(parse_server_version("10.11.6-MariaDB", "")).sending == Sending::together);
  CHECK(statement_of(Part::channels, dialect) == "SHOW SLAVE STATUS");
  CHECK(statement_of(Part::replicas, dialect) == "SHOW SLAVE HOSTS");
  for (const auto part : {Part::session_settings, Part::dump_threads, Part::group_members, Part::stored_credentials}) {
    CHECK(statement_of(part, dialect).empty());
  }
}

TEST_CASE("only MySQL has the tables of an NDB cluster") {
  const auto text = [](const char* version) {
    return statement_of(Part::ndb_sql_nodes, dialect_for(parse_server_version(version, "")));
  };
  CHECK_FALSE(text("5.7.44-ndb-7.6.36-cluster-gpl").empty());
  CHECK_FALSE(text("8.4.0-cluster").empty());
  CHECK(text("10.11.6-MariaDB").empty());
}

TEST_CASE("only existing variables are asked for") {
  const auto statement = variables_statement({"hostname", "server_id", "unrelated"});
  CHECK(statement == "SELECT @@GLOBAL.hostname AS hostname, @@GLOBAL.server_id AS server_id");
}

TEST_CASE("the grant a part needs is a statement to be copied") {
  const auto grant = [](Part part, const char* version) {
    return grant_for(part, dialect_for(parse_server_version(version, "")), "orchestrator");
  };
  CHECK(grant(Part::channels, "8.4.0") == "GRANT REPLICATION CLIENT ON *.* TO 'orchestrator'@'%'");
  CHECK(grant(Part::channels, "10.11.6-MariaDB") == "GRANT SLAVE MONITOR ON *.* TO 'orchestrator'@'%'");
  CHECK(grant(Part::channels, "10.4.6-MariaDB") == "GRANT REPLICATION CLIENT ON *.* TO 'orchestrator'@'%'");
  CHECK(grant(Part::replicas, "10.11.6-MariaDB") == "GRANT REPLICATION MASTER ADMIN ON *.* TO 'orchestrator'@'%'");
  CHECK(grant(Part::dump_threads, "8.4.0") == "GRANT PROCESS ON *.* TO 'orchestrator'@'%'");
  CHECK(grant(Part::version, "8.4.0").empty());
}
