// Tests of the command line and the environment.
#include "client/options.hpp"

#include "catch.hpp"

using namespace orchestrator::client;
using namespace std::chrono_literals;

namespace {

Options parsed(const std::vector<std::string>& arguments, const Variables& environment = {}) {
  auto options = parse_options(arguments, environment);
  if (!options) FAIL(options.error().message);
  return *std::move(options);
}

std::string problem(const std::vector<std::string>& arguments, const Variables& environment = {}) {
  const auto options = parse_options(arguments, environment);
  return options ? "none" : options.error().message;
}

}  // namespace

TEST_CASE("an option may be written in every way of its predecessors", "[client]") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"-c", "topology", "-a", "main"},
                                             {"-ctopology", "-amain"},
                                             {"-c=topology", "-a=main"},
                                             {"--command", "topology", "--alias", "main"},
                                             {"--command=topology", "--alias=main"},
                                             {"-command", "topology", "-alias", "main"},
                                             {"-command=topology", "-alias=main"},
                                             {"-comm", "topology", "--al=main", "--"}}) {
    CAPTURE(arguments);
    const Options options = parsed(arguments);
    CHECK(options.command == "topology");
    CHECK(options.alias == "main");
  }
}

TEST_CASE("defaults hold where nothing is given", "[client]") {
  const Options options = parsed({});
  CHECK(options.api == "http://localhost:3000");
  CHECK(options.default_port == 3306);
  CHECK(options.timeout == 30s);
  CHECK(options.certificate_check == CertificateCheck::required);
  CHECK_FALSE(options.help);
}

TEST_CASE("every option of the legacy client is accepted", "[client]") {
  for (const char* letter : {"c", "i", "d", "s", "a", "o", "r", "u", "R", "t", "l", "H", "U", "P", "q", "n", "S"}) {
    CHECK(problem({std::string("-") + letter, "7"}) == "none");
  }
  for (const char* name : {"command", "alias", "owner", "reason", "duration", "promotion-rule", "tag", "pool",
                           "hostname", "api", "path", "query", "binlog", "seconds"}) {
    CHECK(problem({std::string("-") + name, "7"}) == "none");
    CHECK(problem({std::string("--") + name + "=7"}) == "none");
  }
  CHECK(parsed({"-D", "3307"}).default_port == 3307);
  CHECK(parsed({"-h"}).help);
  CHECK(parsed({"--help"}).help);
  CHECK(parsed({"-help"}).help);
}

TEST_CASE("the environment gives defaults and the command line wins", "[client]") {
  const Variables environment{{"ORCHESTRATOR_API", "http://a:1 http://b:2"},
                              {"ORCHESTRATOR_INSTANCE", "db1:3306"},
                              {"ORCHESTRATOR_AUTH_USER", "dba"},
                              {"ORCHESTRATOR_AUTH_PASSWORD", "s3cret"},
                              {"ORCHESTRATOR_AUTH_USER_HEADER", "X-User: dba"},
                              {"ORCHESTRATOR_CA_FILE", "/ca.pem"},
                              {"ORCHESTRATOR_TIMEOUT", "2.5"},
                              {"ORCHESTRATOR_INSECURE", "1"}};
  const Options options = parsed({"-c", "instance"}, environment);
  CHECK(options.api == "http://a:1 http://b:2");
  CHECK(options.instance == "db1:3306");
  CHECK(options.user == "dba");
  CHECK(options.password == "s3cret");
  CHECK(options.header == "X-User: dba");
  CHECK(options.ca_file == "/ca.pem");
  CHECK(options.timeout == 2500ms);
  CHECK(options.certificate_check == CertificateCheck::skipped);
  const Options overridden =
      parsed({"-U", "http://c:3", "-i", "db2", "-b", "me:pass:word", "-e", "Y:z", "--timeout=1"}, environment);
  CHECK(overridden.api == "http://c:3");
  CHECK(overridden.instance == "db2");
  CHECK(overridden.user == "me");
  CHECK(overridden.password == "pass:word");
  CHECK(overridden.header == "Y:z");
  CHECK(overridden.timeout == 1s);
}

TEST_CASE("an empty variable is no value", "[client]") {
  CHECK(parsed({}, {{"ORCHESTRATOR_API", ""}}).api == "http://localhost:3000");
  CHECK(parsed({}, {{"ORCHESTRATOR_INSECURE", "0"}}).certificate_check == CertificateCheck::required);
}

TEST_CASE("arguments that may hold a password are pointed out", "[client]") {
  CHECK(parsed({"-b", "u:p"}).secret_arguments == std::vector<std::size_t>{1});
  CHECK(parsed({"-c", "clusters", "--auth=u:p"}).secret_arguments == std::vector<std::size_t>{2});
  CHECK(parsed({"-bu:p", "-e", "X:y"}).secret_arguments == std::vector<std::size_t>{0, 2});
  CHECK(parsed({"-U", "http://u:p@orc"}).secret_arguments == std::vector<std::size_t>{1});
  CHECK(parsed({"-U", "http://orc", "-c", "clusters"}).secret_arguments.empty());
}

TEST_CASE("a wrong option names the nearest one", "[client]") {
  CHECK(problem({"--alais", "x"}) == "Unknown option '--alais'. Did you mean '--alias'?");
  CHECK(problem({"-patern=x"}) == "Unknown option '-patern'. Did you mean '--pattern'?");
  CHECK(problem({"-z"}) == "Unknown option '-z'. See orchestrator-client --help.");
  CHECK(problem({"--pa", "x"}) == "Unknown option '--pa'. Did you mean '--path'?");
}

TEST_CASE("a wrong value is refused without being repeated", "[client]") {
  CHECK(problem({"-i"}) == "Option -i needs a value: HOST[:PORT]");
  CHECK(problem({"--help=x"}) == "Option --help takes no value");
  CHECK(problem({"-D", "0"}) == "Invalid value of -D: expected a port from 1 to 65535");
  CHECK(problem({"-b", "secret"}) == "Invalid value of -b: expected user:password");
  CHECK(problem({"--aut", ":secret"}) == "Invalid value of --aut: expected user:password");
  CHECK(problem({"--autj=u:secret"}) == "Unknown option '--autj'. Did you mean '--auth'?");
  for (const char* header : {"secret", ":secret", "a b:secret", "X:secret\r\nY: z"}) {
    CHECK(problem({"-e", header}) == "Invalid value of -e: expected one header line, Name:value");
  }
  for (const char* timeout : {"", "0", "-1", "x", "1m", "nan", "inf", "1e9"}) {
    CHECK(problem({"--timeout", timeout}) == "Invalid value of --timeout: expected seconds, for example 5 or 0.5");
  }
  CHECK(problem({}, {{"ORCHESTRATOR_TIMEOUT", "soon"}}) ==
        "Invalid value of ORCHESTRATOR_TIMEOUT: expected seconds, for example 5 or 0.5");
}

TEST_CASE("a word that is no option is refused without being repeated", "[client]") {
  const std::string message =
      " is not an option. A command is given with -c, for example: orchestrator-client -c clusters";
  CHECK(problem({"-b", "user:", "secret"}) == "Argument 3" + message);
  CHECK(problem({"topology"}) == "Argument 1" + message);
  CHECK(problem({"-"}) == "Argument 1" + message);
  CHECK(problem({""}) == "Argument 1" + message);
  CHECK(problem({"-c", "clusters", "--", "x"}) == "Argument 3" + message);
}
