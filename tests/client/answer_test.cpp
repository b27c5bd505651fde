// Tests of what each command prints for what the server answers.
#include "client/answer.hpp"

#include "catch.hpp"

using namespace orchestrator::client;

namespace {

constexpr std::string_view master =
    R"({"Key":{"Hostname":"db1","Port":3306},"MasterKey":{"Hostname":"","Port":0},"ReplicationSQLThreadState":-1,)"
    R"("ReplicationIOThreadState":-1,"Slave_SQL_Running":false,"Slave_IO_Running":false,"LastSQLError":"",)"
    R"("LastIOError":"","GtidErrant":"","DataCenter":"ber"})";
constexpr std::string_view replica =
    R"({"Key":{"Hostname":"db2","Port":3307},"MasterKey":{"Hostname":"db1","Port":3306},)"
    R"("ReplicationSQLThreadState":1,"ReplicationIOThreadState":1,"Slave_SQL_Running":true,"Slave_IO_Running":true,)"
    R"("LastSQLError":"","LastIOError":"","GtidErrant":"a:1-3,\nb:7","DataCenter":"ams"})";
constexpr std::string_view broken =
    R"({"Key":{"Hostname":"2001:db8::3","Port":3306},"MasterKey":{"Hostname":"db1","Port":3306},)"
    R"("ReplicationSQLThreadState":0,"ReplicationIOThreadState":1,"Slave_SQL_Running":false,"Slave_IO_Running":true,)"
    R"("LastSQLError":"Duplicate entry","LastIOError":"","GtidErrant":"","DataCenter":"ams"})";
constexpr std::string_view stopped =
    R"({"Key":{"Hostname":"db4","Port":3306},"MasterKey":{"Hostname":"db1","Port":3306},)"
    R"("ReplicationSQLThreadState":0,"ReplicationIOThreadState":0,"Slave_SQL_Running":false,"Slave_IO_Running":false,)"
    R"("LastSQLError":"","LastIOError":"","GtidErrant":"","DataCenter":"ber"})";
constexpr std::string_view clusters_info =
    R"([{"ClusterName":"db1:3306","ClusterAlias":"main","ClusterDomain":"main.db"},)"
    R"({"ClusterName":"db9:3306","ClusterAlias":"db9:3306","ClusterDomain":""}])";

std::string list(std::initializer_list<std::string_view> elements) {
  std::string text;
  for (const std::string_view element : elements) text += (text.empty() ? "" : ",") + std::string(element);
  return "[" + text + "]";
}

std::string envelope(std::string_view details, std::string_view message = "done") {
  return R"({"Code":"OK","Message":")" + std::string(message) + R"(","Details":)" + std::string(details) + "}";
}

Result<std::string> answered(std::string_view name, const std::string& body,
                             const Options& options = {.instance = "db2"}) {
  return render(find_command(name).value(), options, HttpAnswer{200, "OK", body});
}

std::string printed(std::string_view name, const std::string& body, const Options& options = {.instance = "db2"}) {
  const auto text = answered(name, body, options);
  return text ? *text : "error: " + text.error().message;
}

}  // namespace

TEST_CASE("keys are printed as host:port, one a line, in the server's order", "[client]") {
  for (const char* name :
       {"all-instances", "all-clusters-masters", "which-replicas", "which-cluster-instances", "search"}) {
    CAPTURE(name);
    CHECK(printed(name, list({replica, master, broken})) == "db2:3307\ndb1:3306\n[2001:db8::3]:3306\n");
    CHECK(printed(name, "[]").empty());
    CHECK(printed(name, "null").empty());
  }
  CHECK(printed("instance", std::string(replica)) == "db2:3307\n");
  CHECK(printed("which-instance", std::string(broken)) == "[2001:db8::3]:3306\n");
  CHECK(printed("which-cluster-master", std::string(master)) == "db1:3306\n");
}

TEST_CASE("the master of a server is printed, :0 for none", "[client]") {
  CHECK(printed("which-master", std::string(replica)) == "db1:3306\n");
  CHECK(printed("which-master", std::string(master)) == ":0\n");
}

TEST_CASE("replication state is a key or nothing", "[client]") {
  CHECK(printed("is-replicating", std::string(replica)) == "db2:3307\n");
  CHECK(printed("is-replicating", std::string(broken)).empty());
  CHECK(printed("is-replicating", std::string(stopped)).empty());
  CHECK(printed("is-replicating", std::string(master)).empty());
  CHECK(printed("is-replication-stopped", std::string(stopped)) == "db4:3306\n");
  CHECK(printed("is-replication-stopped", std::string(broken)).empty());
  CHECK(printed("is-replication-stopped", std::string(replica)).empty());
  CHECK(printed("is-replication-stopped", std::string(master)).empty());
}

TEST_CASE("broken replicas have a stopped thread and an error", "[client]") {
  CHECK(printed("which-broken-replicas", list({replica, broken, stopped})) == "[2001:db8::3]:3306\n");
}

TEST_CASE("errant GTIDs are printed as they are, a blank line for none", "[client]") {
  CHECK(printed("which-gtid-errant", std::string(replica)) == "a:1-3,\nb:7\n");
  CHECK(printed("which-gtid-errant", std::string(master)) == "\n");
}

TEST_CASE("clusters are printed by name, alias and domain", "[client]") {
  const std::string info(clusters_info);
  const std::string one = R"({"ClusterName":"db1:3306","ClusterAlias":"main","ClusterDomain":"main.db"})";
  CHECK(printed("clusters", info) == "db1:3306\ndb9:3306\n");
  CHECK(printed("clusters", "null").empty());
  CHECK(printed("clusters-alias", info) == "db1:3306,main\ndb9:3306,db9:3306\n");
  CHECK(printed("which-cluster", one) == "db1:3306\n");
  CHECK(printed("which-cluster-alias", one) == "main\n");
  CHECK(printed("which-cluster-domain", one) == "main.db\n");
}

TEST_CASE("a topology is printed as the server drew it", "[client]") {
  const std::string tree = R"("db1:3306   [0s,ok,10.11.14,rw,ROW,>>,GTID]\n+ db2:3307 [0s,ok]\n\u2021 db3:3306 [ok]")";
  const std::string text = "db1:3306   [0s,ok,10.11.14,rw,ROW,>>,GTID]\n+ db2:3307 [0s,ok]\n\u2021 db3:3306 [ok]\n";
  CHECK(printed("topology", envelope(tree)) == text);
  CHECK(printed("topology-tabulated", envelope(tree)) == text);
}

TEST_CASE("discovery prints the server's key, forgetting prints nothing", "[client]") {
  CHECK(printed("discover", envelope(replica)) == "db2:3307\n");
  CHECK(printed("async-discover", envelope("null")) == "db2:3306\n");
  CHECK(printed("async-discover", envelope("null"), {.instance = "[::1]:3307"}) == "[::1]:3307\n");
  CHECK(printed("forget", envelope(R"({"Hostname":"db2","Port":3306})")).empty());
  CHECK(printed("forget-cluster", envelope("null")).empty());
}

TEST_CASE("submitted masters are printed as key:value lines", "[client]") {
  const std::string pairs =
      R"([{"Key":"mysql/master/main","Value":"db1:3306"},{"Key":"mysql/master/main/ipv6","Value":""}])";
  CHECK(printed("submit-masters-to-kv-stores", envelope(pairs)) ==
        "mysql/master/main:db1:3306\nmysql/master/main/ipv6:\n");
  CHECK(printed("submit-masters-to-kv-stores", envelope("null")).empty());
}

TEST_CASE("find matches host:port by regular expression", "[client]") {
  const std::string all = list({master, replica, broken, stopped});
  CHECK(printed("find", all, {.pattern = "^db[12]:"}) == "db1:3306\ndb2:3307\n");
  CHECK(printed("find", all, {.instance = "3307$"}) == "db2:3307\n");
  CHECK(printed("find", all, {.pattern = R"((?i)DB\d:3306)"}) == "db1:3306\ndb4:3306\n");
  CHECK(printed("find", all, {.pattern = "nothing"}).empty());
}

TEST_CASE("the dominant data centre is the most frequent one", "[client]") {
  CHECK(printed("dominant-dc", list({replica, master, broken})) == "ams\n");
  CHECK(printed("dominant-dc", list({replica, master})) == "ber\n");
  CHECK(printed("dominant-dc", list({master, replica})) == "ber\n");
  CHECK(printed("dominant-dc", "[]").empty());
}

TEST_CASE("the server's error is its message, and its details as JSON", "[client]") {
  const auto refused = render(
      find_command("topology").value(), {.instance = "db2"},
      HttpAnswer{500, "Internal Server Error", R"({"Code":"ERROR","Message":"Can't  read\n 'db2'\n","Details":null})"});
  REQUIRE(refused.has_error());
  CHECK(refused.error().message == "Cant read db2");
  CHECK(refused.error().output.empty());
  CHECK(refused.error().speaker == Speaker::server);
  const auto detailed = answered("discover", R"({"Code":"ERROR","Message":"m","Details":{"Hostname":"db2","Port":1}})");
  REQUIRE(detailed.has_error());
  CHECK(detailed.error().output == "{\"Hostname\":\"db2\",\"Port\":1}\n");
}

TEST_CASE("api prints the JSON as it came and fails when it is an error", "[client]") {
  const Command api = find_command("api").value();
  CHECK(render(api, {}, HttpAnswer{200, "OK", "[1, 2.50,\"\\u003c\"]\n"}).value() == "[1, 2.50,\"\\u003c\"]\n");
  CHECK(render(api, {}, HttpAnswer{200, "OK", "\"OK\""}).value() == "\"OK\"\n");
  for (const auto& [status, body] :
       {std::pair<int, std::string>{500, R"({"Code":"ERROR","Message":"m","Details":null})"},
        std::pair<int, std::string>{200, R"({"Code":"ERROR","Message":"m","Details":null})"},
        std::pair<int, std::string>{404, R"("Not leader")"}}) {
    const auto failed = render(api, {}, HttpAnswer{status, "", body});
    REQUIRE(failed.has_error());
    CHECK(failed.error().output == body + "\n");
    CHECK(failed.error().message.empty());
  }
  CHECK(render(api, {}, HttpAnswer{200, "OK", "<html>"}).error().message == "the answer is not JSON");
}

TEST_CASE("an answer that does not fit is refused with what is wrong", "[client]") {
  CHECK(printed("clusters", "") == "error: the answer is not JSON");
  CHECK(printed("clusters", "{}") == "error: unexpected answer: a list was expected");
  CHECK(printed("clusters", "[{}]") == "error: unexpected answer: no 'ClusterName' in it");
  CHECK(printed("instance", "[]") == "error: unexpected answer: no 'Key' in it");
  CHECK(printed("discover", envelope("null")) == "error: unexpected answer: no 'Key' in it");
  CHECK(printed("clusters", std::string(1000, '[')) == "error: the answer is not JSON");
}

TEST_CASE("an HTTP status that is no success is named", "[client]") {
  const auto failure = [](int status, const char* reason, const std::string& body) {
    return render(find_command("clusters").value(), {}, HttpAnswer{status, reason, body}).error().message;
  };
  CHECK(failure(404, "Not Found", "404 page not found") == "404 Not Found");
  CHECK(failure(502, "Bad Gateway", "") == "502 Bad Gateway");
  CHECK(failure(500, "", "\"text\"") == "500");
  CHECK(failure(401, "Unauthorized", "Not Authorized") ==
        "401 Unauthorized (set ORCHESTRATOR_AUTH_USER and ORCHESTRATOR_AUTH_PASSWORD, or -b user:password)");
  CHECK(failure(302, "Found", "[]") == "302 Found (redirects are not followed; give the API's own URL)");
}

TEST_CASE("a message with bytes that are not UTF-8 is printed as it is", "[client]") {
  CHECK(printed("topology", envelope("\"caf\xE9\"")) == "caf\xE9\n");
}

TEST_CASE("a key is printed whether it stands for itself or in an instance", "[client]") {
  constexpr std::string_view key = R"({"Hostname":"db2","Port":3307})";
  for (const char* name : {"begin-downtime", "end-downtime", "begin-maintenance", "register-candidate", "tag"}) {
    CAPTURE(name);
    CHECK(printed(name, envelope(key)) == "db2:3307\n");
  }
  for (const char* name : {"untag", "untag-all", "which-heuristic-cluster-pool-instances"}) {
    CAPTURE(name);
    CHECK(printed(name, envelope(list({key, replica}))) == "db2:3307\ndb2:3307\n");
    CHECK(printed(name, envelope("[]")).empty());
  }
  for (const char* name : {"tagged", "bulk-instances"}) {
    CAPTURE(name);
    CHECK(printed(name, list({key, key})) == "db2:3307\ndb2:3307\n");
  }
  CHECK(printed("downtimed", list({replica})) == "db2:3307\n");
  CHECK(printed("bulk-promotion-rules", R"([{"Hostname":"db2","Port":3307,"PromotionRule":"prefer"}])") ==
        "db2:3307 prefer\n");
  CHECK(printed("bulk-promotion-rules", "null").empty());
}

TEST_CASE("texts are printed as lines", "[client]") {
  CHECK(printed("tags", R"(["a=","b=1"])") == "a=\nb=1\n");
  CHECK(printed("tags", "[]").empty());
  CHECK(printed("tag-value", R"("1")") == "1\n");
  CHECK(printed("tag-value", R"({"Code":"ERROR","Message":"tag a not found for db2:3307","Details":null})") ==
        "error: tag a not found for db2:3307");
  CHECK(printed("in-maintenance", envelope(R"("db2:3307")", "true")) == "db2:3307\n");
  CHECK(printed("in-maintenance", envelope(R"("")", "false")).empty());
  CHECK(printed("check-global-recoveries", envelope(R"("enabled")")) == "enabled\n");
  CHECK(printed("submit-pool-instances", envelope(R"("web")")) == "web\n");
  CHECK(printed("snapshot-topologies", envelope(R"("Took 1.5ms")")) == "Took 1.5ms\n");
}

TEST_CASE("the leader of the group is named, or it is a failure", "[client]") {
  CHECK(printed("raft-leader", R"("node1:10008")") == "node1:10008\n");
  CHECK(printed("raft-leader", R"("")") == "error: Cannot determine raft state: it knows of no leader");
  CHECK(printed("raft-health", R"("healthy")") == "healthy\n");
  CHECK(printed("raft-leader-hostname", envelope(R"({"Hostname":"node1","IsRaftLeader":true})")) == "node1\n");
  CHECK(printed("raft-leader-hostname", envelope(R"({"Hostname":"node1","IsRaftLeader":false})")) ==
        "error: Cannot determine raft state: it does not lead");
  CHECK(printed("raft-elect-leader", envelope(R"("node2")")) == "node2\n");
}
