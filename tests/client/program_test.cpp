// Tests of the program: streams, exit status, settings, secrets.
#include "program.hpp"

#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "http_server.hpp"
#include "temporary_file.hpp"

using namespace client_test;

namespace {

constexpr const char* clusters = R"([{"ClusterName":"db1:3306","ClusterAlias":"main"}])";

std::string process_list_entry(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("help is printed on standard output with exit status 0", "[client]") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"-h"}, {"--help"}, {"-help"}, {"-c", "help"}}) {
    const auto finished = run({arguments});
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    CHECK_THAT(finished.output, Catch::StartsWith("Usage: orchestrator-client -c COMMAND"));
    CHECK_THAT(finished.output, Catch::Contains("\n  submit-masters-to-kv-stores "));
  }
}

TEST_CASE("a completion script is printed for bash only", "[client]") {
  const auto bash = run({{"--completion", "bash"}});
  CHECK(bash.exit_status == 0);
  CHECK_THAT(bash.output, Catch::Contains(" which-cluster-alias ") &&
                              Catch::EndsWith("complete -F _orchestrator_client orchestrator-client\n"));
  CHECK(run({{"--completion", "fish"}}).exit_status == 1);
}

TEST_CASE("what the user got wrong is said on standard error with exit status 1", "[client]") {
  const auto nothing = run({{}});
  CHECK(nothing.exit_status == 1);
  CHECK(nothing.output.empty());
  CHECK(nothing.errors ==
        complaint(nothing, "No command given. Use -c <command>; orchestrator-client --help lists the commands"));
  const auto slip = run({{"-c", "clusers"}});
  CHECK(slip.exit_status == 1);
  CHECK_THAT(slip.errors, Catch::Contains("Did you mean 'clusters'?"));
  const auto option = run({{"--comand", "clusters"}});
  CHECK(option.exit_status == 1);
  CHECK_THAT(option.errors, Catch::Contains("Did you mean '--command'?"));
  const auto later = run({{"-c", "graceful-master-takeover", "-a", "main", "-d", "db2"}});
  CHECK(later.exit_status == 1);
  CHECK(later.errors == complaint(later, "Command 'graceful-master-takeover' is not available in this release"));
}

TEST_CASE("the environment names the server and the instance", "[client]") {
  HttpServer server([](const std::string& target) {
    return json(target == "/api/instance/db2/3307" ? R"({"Key":{"Hostname":"db2","Port":3307}})" : "null");
  });
  const auto finished =
      run({{"-c", "instance"}, {"ORCHESTRATOR_API=" + server.url(), "ORCHESTRATOR_INSTANCE=db2:3307"}});
  CHECK(finished.exit_status == 0);
  CHECK(finished.output == "db2:3307\n");
  CHECK(finished.errors.empty());
}

TEST_CASE("the settings file gives what the environment does not", "[client]") {
  HttpServer server([](const std::string& target) { return json(target == "/api/clusters-info" ? clusters : "1"); });
  const TemporaryFile profile("export ORCHESTRATOR_API='" + server.url() + "/api'\nORCHESTRATOR_INSTANCE=$HOSTNAME\n");
  const std::string setting = "ORCHESTRATOR_CLIENT_PROFILE=" + profile.path();
  const auto finished = run({{"-c", "clusters-alias"}, {setting}});
  CHECK(finished.output == "db1:3306,main\n");
  CHECK(finished.exit_status == 0);
  CHECK(finished.errors ==
        complaint(finished, profile.path() + ", line 2: ORCHESTRATOR_INSTANCE needs a shell to be read; ignored"));
  const ClosedPort other;
  const auto overridden =
      run({{"-c", "clusters", "--timeout=1"}, {setting, "ORCHESTRATOR_API=" + other.url(), "ORCHESTRATOR_INSTANCE=x"}});
  CHECK(overridden.errors ==
        complaint(overridden, "Cannot access orchestrator at " + other.url() + "/api: Connection refused"));
}

TEST_CASE("which-api prints the API in use without its password", "[client]") {
  CHECK(run({{"-c", "which-api"}}).output == "http://localhost:3000/api\n");
  CHECK(run({{"-c", "which-api", "-U", "https://dba:secret@orc/prefix/"}}).output == "https://dba@orc/prefix/api\n");
}

TEST_CASE("a password given on the command line leaves the process list", "[client]") {
  HttpServer server([](const std::string&) { return Reply(); });
  const std::string with_user = "http://u:urlsecret@127.0.0.1:" + std::to_string(server.port());
  Program program({{"-c", "clusters", "-b", "dba:s3cret", "--headers-auth=X-User:hidden", "-U", with_user}});
  REQUIRE(server.wait_for_request());
  const std::string shown = process_list_entry(program.process());
  CHECK_THAT(shown, Catch::Contains("clusters"));
  CHECK_THAT(shown, !Catch::Contains("s3cret") && !Catch::Contains("hidden") && !Catch::Contains("urlsecret"));
  const std::string request = server.requests().front();
  CHECK_THAT(request, Catch::Contains("\r\nAuthorization: Basic ZGJhOnMzY3JldA==\r\n"));
  CHECK_THAT(request, Catch::Contains("\r\nX-User: hidden\r\n"));
}

TEST_CASE("credentials come from the environment or from the URL", "[client]") {
  HttpServer server([](const std::string&) { return json("[]"); });
  run({{"-c", "clusters"},
       {"ORCHESTRATOR_API=" + server.url(), "ORCHESTRATOR_AUTH_USER=dba", "ORCHESTRATOR_AUTH_PASSWORD=s3cret",
        "ORCHESTRATOR_AUTH_USER_HEADER=X-Forwarded-User: dba"}});
  run({{"-c", "clusters"}, {"ORCHESTRATOR_API=http://dba:s3cret@127.0.0.1:" + std::to_string(server.port())}});
  run({{"-c", "clusters"}, {"ORCHESTRATOR_API=" + server.url()}});
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK_THAT(requests[0], Catch::Contains("\r\nAuthorization: Basic ZGJhOnMzY3JldA==\r\n"));
  CHECK_THAT(requests[0], Catch::Contains("\r\nX-Forwarded-User: dba\r\n"));
  CHECK_THAT(requests[1], Catch::Contains("\r\nAuthorization: Basic ZGJhOnMzY3JldA==\r\n"));
  CHECK_THAT(requests[2], !Catch::Contains("Authorization"));
}

TEST_CASE("a result that cannot be written is a failure", "[client]") {
  HttpServer server([](const std::string&) { return json(clusters); });
  const std::vector<std::string> environment{"ORCHESTRATOR_API=" + server.url()};
  const auto full = run({{"-c", "clusters"}, environment, StandardOutput::full_disk});
  CHECK(full.exit_status == 1);
  CHECK(full.errors == complaint(full, "Cannot write the result: No space left on device"));
  const auto closed = run({{"-c", "clusters"}, environment, StandardOutput::closed_pipe});
  CHECK(closed.exit_status == 1);
  CHECK(closed.errors.empty());
}

TEST_CASE("an error of the server is its message, its details and exit status 1", "[client]") {
  const std::string body = R"({"Code":"ERROR","Message":"Cannot read instance: db2:3306","Details":{"Port":3306}})";
  HttpServer server([&](const std::string&) { return reply("500 Internal Server Error", body); });
  const std::vector<std::string> environment{"ORCHESTRATOR_API=" + server.url()};
  const auto refused = run({{"-c", "instance", "-i", "db2"}, environment});
  CHECK(refused.exit_status == 1);
  CHECK(refused.output == "{\"Port\":3306}\n");
  CHECK(refused.errors == "Cannot read instance: db2:3306\n");
  const auto raw = run({{"-c", "api", "-P", "instance/db2/3306"}, environment});
  CHECK(raw.exit_status == 1);
  CHECK(raw.output == body + "\n");
  CHECK(raw.errors.empty());
}

TEST_CASE("-c submit-masters-to-kv-stores -alias names one cluster", "[client]") {
  HttpServer server([](const std::string&) {
    return json(
        R"({"Code":"OK","Message":"Submitted 1 masters","Details":[{"Key":"mysql/master/c","Value":"db1:3306"}]})");
  });
  const auto finished = run({{"-c", "submit-masters-to-kv-stores", "-alias", "mycluster", "-U", server.url()}});
  CHECK(finished.output == "mysql/master/c:db1:3306\n");
  CHECK(finished.exit_status == 0);
  CHECK_THAT(server.requests().at(0), Catch::StartsWith("GET /api/submit-masters-to-kv-stores/mycluster HTTP/1.1\r\n"));
}
