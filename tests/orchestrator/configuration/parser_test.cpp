// Reading the text of a configuration file.
#include "configuration/parser.hpp"

#include "catch.hpp"

namespace orchestrator {
namespace {

std::string lines_of(std::string_view text) {
  return to_lines(parse_configuration(text, "f.json").diagnostics);
}
Configuration values_of(std::string_view text) {
  const auto outcome = parse_configuration(text, "f.json");
  INFO(to_lines(outcome.diagnostics));
  REQUIRE(outcome.diagnostics.empty());
  return outcome.draft.values;
}

}  // namespace

TEST_CASE("Every type of value is read") {
  const auto values = values_of(R"({
    "Debug": true, "ListenAddress": "[::1]:3000", "InstancePollSeconds": 7, "DefaultInstancePort": 3307,
    "DeadInstancePollSecondsMultiplyFactor": 1.5, "UnseenInstanceForgetHours": 12, "AuditPurgeDays": 3,
    "InstanceFlushIntervalMilliseconds": 20, "AuthenticationMethod": "Basic", "BackendDB": "sqlite3",
    "MySQLTopologyPassword": "s3cret", "DiscoverySeeds": ["a", "b:1"], "DataCenterPattern": "[.]([^.]+)[.]example",
    "DiscoveryIgnoreHostnameFilters": ["^test", "(?i)ARCHIVE"], "ClusterNameToAlias": {"^a": "one", "^b": "two"},
    "HostnameResolveMethod": "cname", "MySQLHostnameResolveMethod": "@@report_host", "ConsulScheme": "https"})");
  CHECK(values.general.debug);
  CHECK(values.http.listen_address == "[::1]:3000");
  CHECK(values.discovery.poll_interval == std::chrono::seconds(7));
  CHECK(values.topology.default_instance_port == 3307);
  CHECK(values.discovery.dead_poll_multiply_factor == 1.5);
  CHECK(values.discovery.unseen_forget == std::chrono::hours(12));
  CHECK(values.general.audit_purge_age == std::chrono::days(3));
  CHECK(values.discovery.flush_interval == std::chrono::milliseconds(20));
  CHECK(values.authentication.method == AuthenticationMethod::basic);
  CHECK(values.backend.kind == BackendKind::sqlite);
  CHECK(values.topology.password == Secret("s3cret"));
  CHECK(values.discovery.seeds == Strings{"a", "b:1"});
  CHECK(values.attributes.data_center_pattern->capture("db1.fra.example.com") == "fra");
  CHECK(any_matches(values.discovery.ignore_hostname_filters, "db-archive-1"));
  CHECK_FALSE(any_matches(values.discovery.ignore_hostname_filters, "db-test"));
  REQUIRE(values.attributes.cluster_name_to_alias.size() == 2);
  CHECK(values.attributes.cluster_name_to_alias[1].second == "two");
  CHECK(values.hostnames.method == HostnameResolveMethod::cname);
  CHECK(values.hostnames.mysql_method == MySqlHostnameResolveMethod::report_host);
  CHECK(values.kv.consul_scheme == ConsulScheme::https);
}

TEST_CASE("Names match without case, and null puts the default back") {
  CHECK(values_of(R"({"instancepollseconds": 9})").discovery.poll_interval == std::chrono::seconds(9));
  auto base = parse_configuration(R"({"InstancePollSeconds": 9, "DiscoverySeeds": ["a"]})", "a.json").draft;
  const auto top = parse_configuration(R"({"InstancePollSeconds": null})", "b.json", base).draft;
  CHECK(top.values.discovery.poll_interval == Configuration{}.discovery.poll_interval);
  CHECK(top.values.discovery.seeds == Strings{"a"});
}

TEST_CASE("A later file overrides an earlier one and remembers where each value came from") {
  auto base = parse_configuration("{\"InstancePollSeconds\": 9,\n \"Debug\": true}", "a.json").draft;
  const auto top = parse_configuration("{\n\"InstancePollSeconds\": 3}", "b.json", base).draft;
  CHECK(top.values.discovery.poll_interval == std::chrono::seconds(3));
  CHECK(top.values.general.debug);
  CHECK(top.origins.at("InstancePollSeconds").file == "b.json");
  CHECK(top.origins.at("InstancePollSeconds").line == 2);
  CHECK(top.origins.at("Debug").file == "a.json");
}

TEST_CASE("Unknown and deprecated names are warnings; the nearest known name is given") {
  CHECK(lines_of("{\"InstancePolSeconds\": 1}") ==
        "f.json:1:2: warning: InstancePolSeconds: unknown and ignored; did you mean InstancePollSeconds?\n");
  CHECK(lines_of("{\"mysqltopologyusr\": \"x\"}") ==
        "f.json:1:2: warning: mysqltopologyusr: unknown and ignored; did you mean MySQLTopologyUser?\n");
  CHECK(lines_of("{\"Zzzzzzzzzzzzzzzz\": 1}") == "f.json:1:2: warning: Zzzzzzzzzzzzzzzz: unknown and ignored\n");
  CHECK(lines_of("{\"DiscoveryPollSeconds\": 1}") ==
        "f.json:1:2: warning: DiscoveryPollSeconds: no longer exists and is ignored\n");
}

TEST_CASE("A file full of unknown names gives a bounded number of warnings") {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"name" + std::to_string(i) + "\": 1, ";
  const auto outcome = parse_configuration(text + "\"Debug\": true}", "f.json");
  CHECK(outcome.diagnostics.size() == 51);
  CHECK(outcome.diagnostics.back().message == "950 more unknown names");
  CHECK(outcome.draft.values.general.debug);
}

TEST_CASE("A wrong type or value is an error with place, expectation and what came; all of them at once") {
  CHECK(lines_of("{\n  \"InstancePollSeconds\": \"5s\",\n  \"Debug\": 1,\n  \"DiscoverySeeds\": \"a\"\n}") ==
        "f.json:2:3: error: InstancePollSeconds: expected an integer from 1 to 86400, got the string \"5s\"\n"
        "f.json:3:3: error: Debug: expected true or false, got the number 1\n"
        "f.json:4:3: error: DiscoverySeeds: expected a list of strings, got the string \"a\"\n");
  struct Case {
    const char* text;
    const char* message;
  };
  for (const auto& [text, message] : {
           Case{R"({"InstancePollSeconds": -1})", "expected an integer from 1 to 86400, got the number -1"},
           Case{R"({"InstancePollSeconds": 1.5})", "expected an integer from 1 to 86400, got the number 1.5E0"},
           Case{R"({"InstancePollSeconds": 99999999999999999999})", "expected an integer from 1 to 86400"},
           Case{R"({"DefaultInstancePort": 65536})", "expected an integer from 1 to 65535, got the number 65536"},
           Case{R"({"DeadInstancePollSecondsMultiplyFactor": 0.5})", "expected a number from 1 to 1000"},
           Case{R"({"DiscoveryIgnoreHostnameFilters": ["ok", "a["]})",
                "element 2: \"a[\" is not a regular expression: missing ]"},
           Case{R"({"DiscoveryIgnoreHostnameFilters": [""]})", "element 1: an empty regular expression"},
           Case{R"({"DiscoverySeeds": ["a", 1]})", "element 2: expected a string, got the number 1"},
           Case{R"({"DataCenterPattern": "("})", "\"(\" is not a regular expression: missing )"},
           Case{R"({"ClusterNameToAlias": {"a": 1}})", "\"a\": expected a string, got the number 1"},
           Case{R"({"ClusterNameToAlias": []})", "expected an object of regular expression and alias, got a list"},
           Case{R"({"AuthenticationMethod": "ldap"})", "proxy, token or oauth, got the string \"ldap\""},
           Case{R"({"ListenAddress": "a\u0000b"})", "the string holds a NUL character"},
       }) {
    CAPTURE(text, message);
    CHECK(lines_of(text).find(message) != std::string::npos);
  }
}

TEST_CASE("No message holds the value of a secret") {
  CHECK(lines_of(R"({"MySQLTopologyPassword": 12345})") ==
        "f.json:1:2: error: MySQLTopologyPassword: expected a string, got a number\n");
  CHECK(lines_of(R"({"MySQLTopologyPassword": ["hunter2"]})").find("hunter2") == std::string::npos);
  CHECK(lines_of(R"({"MySQLTopologyPassword": "<redacted>"})").find("cannot be read back") != std::string::npos);
  CHECK(lines_of("{\"MySQLTopologyPassword\": \"hunter2}").find("hunter2") == std::string::npos);
}

TEST_CASE("A name twice, in the same or another spelling, is an error") {
  CHECK(lines_of("{\"Debug\": true,\n\"Debug\": true}") ==
        "f.json:2:1: error: Debug: the name appears twice in one object\n");
  CHECK(lines_of("{\"Debug\": true,\n\"DEBUG\": true}") ==
        "f.json:2:1: error: Debug: given twice, as Debug and as DEBUG\n");
  CHECK(lines_of("{\"Debug\": true,\n\"D\\u0065bug\": true}").find("twice in one object") != std::string::npos);
  CHECK(lines_of(R"({"ClusterNameToAlias": {"a": "x", "a": "y"}})").find("error: a: the name appears twice") !=
        std::string::npos);
}

TEST_CASE("Two names of one setting have to agree within a file") {
  CHECK(values_of(R"({"SlaveLagQuery": "q"})").attributes.replication_lag_query == "q");
  CHECK(values_of(R"({"SlaveLagQuery": "q", "ReplicationLagQuery": "q"})").attributes.replication_lag_query == "q");
  CHECK(lines_of(R"({"SlaveLagQuery": "q", "ReplicationLagQuery": "r"})")
            .find("ReplicationLagQuery: is another name of SlaveLagQuery, and the two have different values") !=
        std::string::npos);
  CHECK_FALSE(values_of(R"({"DetachLostReplicasAfterMasterFailover": false})").recovery.detach_lost_replicas);
  CHECK_FALSE(values_of(R"({"DetachLostSlavesAfterMasterFailover": false})").recovery.detach_lost_replicas);
}

TEST_CASE("Text that is not one JSON object is an error with line and column") {
  struct Case {
    std::string text;
    const char* message;
  };
  for (const auto& [text, message] : {
           Case{"", "f.json:1:1: error: the file is empty"},
           Case{"  \n", "f.json:1:1: error: the file is empty"},
           Case{"[]", "f.json:1:1: error: the file has to hold one JSON object"},
           Case{"{\n  \"Debug\": true,\n}", "f.json:3:1: error: this is not valid JSON: unexpected }"},
           Case{"{\n  // note\n}", "f.json:2:3: error: this is not valid JSON: unexpected / (comments are not"},
           Case{"{\"Debug\": yes}", "f.json:1:11: error: this is not valid JSON"},
           Case{"{\"Debug\": true", "error: the file ends in the middle"},
           Case{"{} {}", "f.json:1:4: error: there is more text after the end"},
           Case{"{\n\"Debug\": \"\xff\"}", "f.json:2:11: error: the file is not UTF-8"},
           Case{std::string("\xff\xfe{\0}\0", 6), "f.json:1:1: error: the file is not UTF-8"},
           Case{"{\"A\":" + std::string(1000, '[') + std::string(1000, ']') + "}",
                "error: lists and objects are nested"},
           Case{std::string(largest_configuration_file + 1, ' '), "error: the file is larger than 1048576 bytes"},
       }) {
    CAPTURE(text.substr(0, 50), message);
    CHECK(lines_of(text).find(message) != std::string::npos);
  }
}

TEST_CASE("A byte order mark is skipped, and messages stay on one line") {
  CHECK(values_of("\xef\xbb\xbf{\"Debug\": true}").general.debug);
  CHECK(lines_of("{\"a\\nerror: b\": 1}") == "f.json:1:2: warning: a error: b: unknown and ignored\n");
}

}  // namespace orchestrator
