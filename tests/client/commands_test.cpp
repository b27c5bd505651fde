// Tests of the command table: names, paths, needed options.
#include "client/commands.hpp"

#include <set>

#include "catch.hpp"

using namespace orchestrator::client;

namespace {

std::string path_of(std::string_view name, const Options& options) {
  const auto command = find_command(name);
  if (!command) return "error: " + command.error().message;
  const auto path = request_path(*command, options);
  return path ? *path : "error: " + path.error().message;
}

}  // namespace

TEST_CASE("each command requests its path", "[client]") {
  const Options options{.instance = "db1:3307",
                        .path = "/clusters-info?x=1",
                        .owner = "me",
                        .reason = "new disk",
                        .promotion_rule = "prefer",
                        .tag = "a",
                        .pool = "web",
                        .hostname = "db2"};
  const std::vector<std::pair<std::string, std::string>> expected{
      {"api", "clusters-info?x=1"},
      {"discover", "discover/db1/3307"},
      {"async-discover", "async-discover/db1/3307"},
      {"forget", "forget/db1/3307"},
      {"forget-cluster", "forget-cluster/db1:3307"},
      {"clusters", "clusters-info"},
      {"clusters-alias", "clusters-info"},
      {"all-clusters-masters", "masters"},
      {"topology", "topology/db1:3307"},
      {"topology-tabulated", "topology-tabulated/db1:3307"},
      {"which-cluster", "cluster-info/db1:3307"},
      {"which-cluster-alias", "cluster-info/db1:3307"},
      {"which-cluster-domain", "cluster-info/db1:3307"},
      {"which-cluster-master", "master/db1:3307"},
      {"which-cluster-instances", "cluster/db1:3307"},
      {"dominant-dc", "masters"},
      {"instance", "instance/db1/3307"},
      {"which-instance", "instance/db1/3307"},
      {"which-master", "instance/db1/3307"},
      {"which-replicas", "instance-replicas/db1/3307"},
      {"which-broken-replicas", "instance-replicas/db1/3307"},
      {"which-gtid-errant", "instance/db1/3307"},
      {"is-replicating", "instance/db1/3307"},
      {"is-replication-stopped", "instance/db1/3307"},
      {"search", "search?s=db1:3307"},
      {"find", "all-instances"},
      {"all-instances", "all-instances"},
      {"submit-masters-to-kv-stores", "submit-masters-to-kv-stores"},
      {"topology-tags", "topology-tags/db1:3307"},
      {"snapshot-topologies", "snapshot-topologies"},
      {"bulk-instances", "bulk-instances"},
      {"downtimed", "downtimed/db1:3307"},
      {"which-downtimed-instances", "downtimed/db1:3307"},
      {"begin-downtime", "begin-downtime/db1/3307/me/new%20disk/10m"},
      {"end-downtime", "end-downtime/db1/3307"},
      {"begin-maintenance", "begin-maintenance/db1/3307/me/new%20disk"},
      {"end-maintenance", "end-maintenance/db1/3307"},
      {"in-maintenance", "in-maintenance/db1/3307"},
      {"register-candidate", "register-candidate/db1/3307/prefer"},
      {"bulk-promotion-rules", "bulk-promotion-rules"},
      {"register-hostname-unresolve", "register-hostname-unresolve/db1/3307/db2"},
      {"deregister-hostname-unresolve", "deregister-hostname-unresolve/db1/3307"},
      {"tags", "tags/db1/3307"},
      {"tag-value", "tag-value/db1/3307?tag=a"},
      {"tagged", "tagged?tag=a"},
      {"tag", "tag/db1/3307?tag=a"},
      {"untag", "untag/db1/3307?tag=a"},
      {"untag-all", "untag-all?tag=a"},
      {"submit-pool-instances", "submit-pool-instances/web?instances=db1:3307"},
      {"which-heuristic-cluster-pool-instances", "heuristic-cluster-pool-instances/db1:3307/web"},
      {"disable-global-recoveries", "disable-global-recoveries"},
      {"enable-global-recoveries", "enable-global-recoveries"},
      {"check-global-recoveries", "check-global-recoveries"},
      {"raft-leader", "raft-leader"},
      {"raft-leader-hostname", "health"},
      {"raft-health", "raft-health"},
      {"raft-elect-leader", "raft-yield-hint/db2"},
  };
  for (const auto& [name, path] : expected) {
    CAPTURE(name);
    CHECK(path_of(name, options) == path);
  }
  // help and which-api request nothing.
  CHECK(commands().size() == expected.size() + 2);
}

TEST_CASE("every part of a path is encoded", "[client]") {
  CHECK(path_of("topology", {.alias = "a/b c"}) == "topology/a%2Fb%20c");
  CHECK(path_of("topology", {.instance = "[::1]:3306"}) == "topology/%5B::1%5D:3306");
  CHECK(path_of("instance", {.instance = "::1"}) == "instance/::1/3306");
  CHECK(path_of("instance", {.instance = "[::1]:3307"}) == "instance/::1/3307");
  CHECK(path_of("instance", {.instance = "a/../b?x#y"}) == "instance/a%2F..%2Fb%3Fx%23y/3306");
  CHECK(path_of("search", {.instance = "5.7 & more"}) == "search?s=5.7%20%26%20more");
  CHECK(path_of("api", {.path = "cluster/my cluster\r\nX: y"}) == "cluster/my%20cluster%0D%0AX:%20y");
}

TEST_CASE("options choose the cluster, the port and the text", "[client]") {
  CHECK(path_of("which-cluster", {.instance = "db1", .alias = "main"}) == "cluster-info/main");
  CHECK(path_of("which-cluster", {.instance = "db1", .default_port = 3399}) == "cluster-info/db1");
  CHECK(path_of("instance", {.instance = "db1", .default_port = 3399}) == "instance/db1/3399");
  CHECK(path_of("search", {.instance = "db1", .pattern = "db2"}) == "search?s=db2");
  CHECK(path_of("submit-masters-to-kv-stores", {.instance = "db1"}) == "submit-masters-to-kv-stores");
  CHECK(path_of("submit-masters-to-kv-stores", {.alias = "my cluster"}) == "submit-masters-to-kv-stores/my%20cluster");
}

TEST_CASE("options go where the command wants them", "[client]") {
  CHECK(path_of("downtimed", {}) == "downtimed");
  CHECK(path_of("downtimed", {.alias = "main"}) == "downtimed/main");
  CHECK(path_of("begin-downtime", {.instance = "db1", .owner = "a b", .reason = "why? 100% sure", .duration = "1d"}) ==
        "begin-downtime/db1/3306/a%20b/why%3F%20100%25%20sure/1d");
  CHECK(path_of("submit-pool-instances", {.instance = "db1,db2:3307 [::1]:3308", .pool = "web & more"}) ==
        "submit-pool-instances/web%20%26%20more?instances=db1:3306%2Cdb2:3307%2C%5B::1%5D:3308");
  CHECK(path_of("which-heuristic-cluster-pool-instances", {.alias = "main"}) ==
        "heuristic-cluster-pool-instances/main");
}

TEST_CASE("a missing option is named before anything is sent", "[client]") {
  CHECK(path_of("discover", {}) == "error: instance must be provided (-i HOST[:PORT] or ORCHESTRATOR_INSTANCE)");
  CHECK(path_of("topology", {}) == "error: instance or alias must be provided (-i HOST[:PORT] or -alias ALIAS)");
  CHECK(path_of("begin-downtime", {.instance = "db1", .owner = "me"}) == "error: reason must be provided (-r REASON)");
  CHECK(path_of("begin-downtime", {.instance = "db1", .reason = "why"}) == "error: owner must be provided (-o OWNER)");
  CHECK(path_of("register-candidate", {.instance = "db1"}) == "error: promotion rule must be provided (-R RULE)");
  CHECK(path_of("tag", {.instance = "db1"}) == "error: tag must be provided (-t TAG)");
  CHECK(path_of("raft-elect-leader", {}) == "error: hostname must be provided (-H HOST)");
  CHECK(path_of("submit-pool-instances", {.pool = "web"}) ==
        "error: instances must be provided (-i HOST[:PORT],HOST[:PORT] ...)");
  CHECK(path_of("search", {}) == "error: text to search for must be provided (-i TEXT)");
  CHECK(path_of("find", {}) == "error: pattern must be provided (-pattern REGEX or -i REGEX)");
  CHECK(path_of("api", {.path = "/"}) == "error: path must be provided (-P PATH)");
  CHECK(path_of("discover", {.instance = "db1:x"}) == "error: Invalid port 'x': expected a number from 1 to 65535");
  CHECK_THAT(path_of("find", {.pattern = "db("}), Catch::StartsWith("error: Invalid regular expression: "));
}

TEST_CASE("old names are understood", "[client]") {
  CHECK(find_command("which-slaves").value().name == "which-replicas");
  CHECK(find_command("which-broken-slaves").value().name == "which-broken-replicas");
  CHECK(find_command("stop-slave").error().message == "Command 'stop-slave' is not available in this release");
}

TEST_CASE("a command that does not exist names the nearest", "[client]") {
  CHECK(find_command("topolgy").error().message ==
        "Unknown command 'topolgy'. Did you mean 'topology'? orchestrator-client --help lists the commands");
  CHECK(find_command("make-coffee-please").error().message ==
        "Unknown command 'make-coffee-please'. orchestrator-client --help lists the commands");
  CHECK(find_command("").error().message ==
        "No command given. Use -c <command>; orchestrator-client --help lists the commands");
  CHECK(find_command("recover").error().message == "Command 'recover' is not available in this release");
}

TEST_CASE("a command is either available or not, once", "[client]") {
  std::set<std::string_view> names;
  for (const Command& command : commands()) CHECK(names.insert(command.name).second);
  for (const std::string_view name : unavailable_commands()) {
    CAPTURE(name);
    CHECK(names.insert(name).second);
    CHECK(name.find("slave") == std::string_view::npos);
  }
}
