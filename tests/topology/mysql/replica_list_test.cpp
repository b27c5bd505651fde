// Tests of matching registered replicas with dump threads: every replica once, none invented.
#include "mysql/replica_list.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using topology::InstanceKey;
using topology::mysql::merge_replicas;
using topology::mysql::ReplicaList;
using topology::mysql::ResultSet;

namespace {

struct Row {
  std::string host;
  std::string port;
};

ReplicaList merge(const std::vector<Row>& registered, const std::vector<std::string>& threads,
                  const InstanceKey& own = {"master", 3306}) {
  ResultSet rows{"Server_Id", "Host", "Port", "Source_Id", "Replica_UUID"};
  unsigned id = 10;
  for (const auto& [host, port] : registered) {
    const auto text = std::to_string(++id);
    rows.add_row({text, host, port, "1", "uuid"});
  }
  ResultSet processes{"HOST"};
  for (const auto& thread : threads) {
    processes.add_row({thread});
  }
  return merge_replicas(rows, processes, own);
}

using Keys = std::vector<InstanceKey>;

}  // namespace

TEST_CASE("replicas that report their host are taken as they say") {
  const auto list = merge({{"db2", "3307"}, {"db3", "3308"}}, {"db2:50000", "db3:50001"});
  CHECK(list.replicas == Keys{{"db2", 3307}, {"db3", 3308}});
  CHECK(list.doubt.empty());
}

TEST_CASE("a name and an address of one replica do not make two replicas") {
  const auto list = merge({{"db2", "3307"}, {"db3", "3306"}}, {"10.0.0.2:50000", "10.0.0.3:50001"});
  CHECK(list.replicas == Keys{{"db2", 3307}, {"db3", 3306}});
  CHECK(list.doubt.empty());
}

TEST_CASE("four servers on one loopback address are four replicas and no phantom") {
  const auto list = merge({{"127.0.0.1", "17102"}, {"127.0.0.1", "17103"}, {"127.0.0.1", "17104"}},
                          {"localhost:1", "localhost:2", "localhost:3"}, {"127.0.0.1", 17101});
  CHECK(list.replicas == Keys{{"127.0.0.1", 17102}, {"127.0.0.1", 17103}, {"127.0.0.1", 17104}});
  CHECK(list.doubt.empty());
}

TEST_CASE("a replica without report_host gets its host from the processlist and its port from the list") {
  const auto list = merge({{"", "3310"}, {"db2", "3306"}}, {"db2:50000", "10.0.0.9:50001"});
  CHECK(list.replicas == Keys{{"10.0.0.9", 3310}, {"db2", 3306}});
  CHECK(list.doubt.empty());
}

TEST_CASE("several replicas of one host without report_host keep their ports") {
  const auto list = merge({{"", "3310"}, {"", "3311"}}, {"10.0.0.9:1", "10.0.0.9:2"});
  CHECK(list.replicas == Keys{{"10.0.0.9", 3310}, {"10.0.0.9", 3311}});
}

TEST_CASE("several hosts with one port need no report_host") {
  const auto list = merge({{"", "3306"}, {"", "3306"}}, {"10.0.0.8:1", "10.0.0.9:2"});
  CHECK(list.replicas == Keys{{"10.0.0.8", 3306}, {"10.0.0.9", 3306}});
}

TEST_CASE("nothing is guessed when several hosts could have several ports") {
  const auto list = merge({{"", "3310"}, {"", "3311"}}, {"10.0.0.8:1", "10.0.0.9:2"});
  CHECK(list.replicas.empty());
  CHECK(list.doubt.find("2 replica(s)") != std::string::npos);
  CHECK(list.doubt.find("report_host") != std::string::npos);
}

TEST_CASE("nothing is guessed when a named replica's thread could be the nameless one's") {
  const auto list = merge({{"db2", "3306"}, {"", "3310"}}, {"10.0.0.2:1", "10.0.0.9:2"});
  CHECK(list.replicas == Keys{{"db2", 3306}});
  CHECK_FALSE(list.doubt.empty());
}

TEST_CASE("without the list of replicas the processlist gives hosts with the own port") {
  const auto list = merge({}, {"10.0.0.8:1", "10.0.0.9:2", "10.0.0.9:3"});
  CHECK(list.replicas == Keys{{"10.0.0.8", 3306}, {"10.0.0.9", 3306}});
  CHECK(list.doubt.empty());
}

TEST_CASE("a dump thread beyond the registered ones is a replica with the own port") {
  const auto list = merge({{"db2", "3307"}}, {"db2:50000", "db4:50002"});
  CHECK(list.replicas == Keys{{"db2", 3307}, {"db4", 3306}});
}

TEST_CASE("a stale second dump thread of a known replica makes no phantom") {
  const auto list = merge({{"db2", "3307"}}, {"10.0.0.2:50000", "10.0.0.2:50002"});
  CHECK(list.replicas == Keys{{"db2", 3307}});
}

TEST_CASE("a local connection has the host of the asked server") {
  CHECK(merge({}, {"localhost:1"}).replicas == Keys{{"master", 3306}});
  CHECK(merge({}, {"127.0.0.1:1"}).replicas == Keys{{"master", 3306}});
  CHECK(merge({}, {"localhost"}).replicas == Keys{{"master", 3306}});
  // MariaDB fills an unset report_host with the connection's host.
  CHECK(merge({{"localhost", "3310"}}, {"localhost:1"}).replicas == Keys{{"master", 3310}});
}

TEST_CASE("an IPv6 address in the processlist keeps its colons") {
  CHECK(merge({}, {"2001:db8::7:50000"}).replicas == Keys{{"2001:db8::7", 3306}});
}

TEST_CASE("a listed port of zero means the own port") {
  CHECK(merge({{"db2", "0"}}, {"db2:1"}).replicas == Keys{{"db2", 3306}});
}
