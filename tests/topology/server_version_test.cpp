// Version texts of real servers, and the capabilities decided from them.
#include "topology/server_version.hpp"

#include <vector>

#include "catch.hpp"

using topology::Flavour;
using topology::parse_server_version;
using topology::VersionNumber;

TEST_CASE("Flavour and number are read from what real servers say") {
  struct Row {
    std::string version;
    std::string comment;
    Flavour flavour;
    VersionNumber number;
    std::string major;
  };
  const std::vector<Row> rows{
      {"5.6.28-log", "MySQL Community Server (GPL)", Flavour::mysql, {5, 6, 28}, "5.6"},
      {"5.7.20-log", "MySQL Community Server (GPL)", Flavour::mysql, {5, 7, 20}, "5.7"},
      {"5.7.44-0ubuntu0.18.04.1-log", "(Ubuntu)", Flavour::mysql, {5, 7, 44}, "5.7"},
      {"8.0.9-rc", "MySQL Community Server (GPL)", Flavour::mysql, {8, 0, 9}, "8.0"},
      {"8.0.36-0ubuntu0.22.04.1", "(Ubuntu)", Flavour::mysql, {8, 0, 36}, "8.0"},
      {"8.0.28", "Source distribution", Flavour::mysql, {8, 0, 28}, "8.0"},
      {"8.4.0", "MySQL Community Server - GPL", Flavour::mysql, {8, 4, 0}, "8.4"},
      {"9.7.4-2", "(Debian)", Flavour::mysql, {9, 7, 4}, "9.7"},
      {"10.0.0", "MySQL Community Server - GPL", Flavour::mysql, {10, 0, 0}, "10.0"},
      {"5.7.28-ndb-7.6.12-cluster-gpl-log", "MySQL Cluster Community Server (GPL)", Flavour::mysql, {5, 7, 28}, "5.7"},
      {"5.7.44-48-log", "Percona Server (GPL), Release 48, Revision 497f936a373", Flavour::percona, {5, 7, 44}, "5.7"},
      {"8.0.36-28", "Percona Server (GPL), Release 28, Revision 47601f19", Flavour::percona, {8, 0, 36}, "8.0"},
      {"8.0.35-27.1", "Percona XtraDB Cluster (GPL), Release rel27", Flavour::percona, {8, 0, 35}, "8.0"},
      {"8.4.3-3", "Percona Server (GPL), Release 3, Revision d3e7ea6d", Flavour::percona, {8, 4, 3}, "8.4"},
      {"10.4.34-MariaDB-1:10.4.34+maria~ubu2004-log",
       "mariadb.org binary distribution",
       Flavour::mariadb,
       {10, 4, 34},
       "10.4"},
      {"10.11.6-MariaDB-0+deb12u1-log", "Debian 12", Flavour::mariadb, {10, 11, 6}, "10.11"},
      {"5.5.5-10.3.39-MariaDB-0+deb10u2", "Debian 10", Flavour::mariadb, {10, 3, 39}, "10.3"},
      {"10.6.14-MariaDB-log", "managed by https://aws.amazon.com/rds/", Flavour::mariadb, {10, 6, 14}, "10.6"},
      {"11.4.3", "MariaDB Server", Flavour::mariadb, {11, 4, 3}, "11.4"},
      {"11.8.3-MariaDB-log", "MariaDB Server", Flavour::mariadb, {11, 8, 3}, "11.8"},
      {"10.2.0-maxscale", "", Flavour::maxscale, {10, 2, 0}, "10.2"},
      {"5.5.5-m3", "", Flavour::mysql, {5, 5, 5}, "5.5"},
      {"", "", Flavour::mysql, {0, 0, 0}, "0.0"},
      {"banana", "", Flavour::mysql, {0, 0, 0}, "0.0"},
      {"8", "", Flavour::mysql, {8, 0, 0}, "8.0"},
      {"8.", "", Flavour::mysql, {8, 0, 0}, "8.0"},
      {"8.0.99999999", "", Flavour::mysql, {8, 0, 65535}, "8.0"},
  };
  for (const auto& [text, comment, flavour, number, major] : rows) {
    CAPTURE(text);
    const auto version = parse_server_version(text, comment);
    CHECK(version.flavour == flavour);
    CHECK(version.number == number);
    CHECK(version.major_version() == major);
    CHECK(version.text == text);
    CHECK(version.comment == comment);
  }
}

TEST_CASE("Capabilities follow from numbers") {
  struct Row {
    std::string version;
    bool replica_words;
    bool binary_log_status;
    bool processlist;
    bool gtid;
    bool tags;
    bool group;
  };
  const std::vector<Row> rows{
      {"5.5.62", false, false, false, false, false, false},
      {"5.6.28-log", false, false, false, true, false, false},
      {"5.7.44", false, false, false, true, false, false},
      {"8.0.9", false, false, false, true, false, true},
      {"8.0.21", false, false, false, true, false, true},
      {"8.0.22", false, false, true, true, false, true},
      {"8.0.26", true, false, true, true, false, true},
      {"8.3.0", true, false, true, true, true, true},
      {"8.4.0", true, true, true, true, true, true},
      {"9.7.4-2", true, true, true, true, true, true},
      {"10.0.1", true, true, true, true, true, true},
      {"10.11.6-MariaDB", false, false, false, false, false, false},
      {"11.8.3-MariaDB", false, false, false, false, false, false},
      {"10.2.0-maxscale", false, false, false, false, false, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.version);
    const auto version = parse_server_version(row.version, "");
    CHECK(version.has_replica_words() == row.replica_words);
    CHECK(version.has_binary_log_status() == row.binary_log_status);
    CHECK(version.has_performance_schema_processlist() == row.processlist);
    CHECK(version.has_mysql_gtid() == row.gtid);
    CHECK(version.has_tagged_gtid() == row.tags);
    CHECK(version.has_group_replication() == row.group);
  }
}

TEST_CASE("Flavours print the legacy names, binlog servers and NDB are recognised") {
  CHECK(to_string(Flavour::mysql) == "MySQL");
  CHECK(to_string(Flavour::percona) == "Percona");
  CHECK(to_string(Flavour::mariadb) == "MariaDB");
  CHECK(to_string(Flavour::maxscale) == "MaxScale");
  CHECK(parse_server_version("10.2.0-maxscale", "").is_binlog_server());
  CHECK_FALSE(parse_server_version("10.2.0-MariaDB", "").is_binlog_server());
  CHECK(parse_server_version("5.7.28-ndb-7.6.12-cluster-gpl", "").is_ndb_cluster());
  CHECK(parse_server_version("8.0.32-cluster", "").is_ndb_cluster());
  CHECK_FALSE(parse_server_version("8.0.35-27.1", "Percona XtraDB Cluster (GPL)").is_ndb_cluster());
}
