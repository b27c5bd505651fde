// Tests of the settings file's reader.
#include "client/profile.hpp"

#include "catch.hpp"

using orchestrator::client::parse_profile;
using orchestrator::client::Variables;

TEST_CASE("assignments are taken with and without export and quotes", "[client]") {
  const auto profile = parse_profile(
      "#!/bin/sh\n"
      "# ORCHESTRATOR_API=http://commented:3000\n"
      "export ORCHESTRATOR_API=\"http://a:3000/api http://b:3000/api\"  # two nodes\n"
      "ORCHESTRATOR_AUTH_USER=dba; export ORCHESTRATOR_AUTH_USER\n"
      "  export ORCHESTRATOR_AUTH_PASSWORD='pa$$ \"word'\r\n"
      "export ORCHESTRATOR_CA_FILE=/etc/a\\ b.pem ORCHESTRATOR_TIMEOUT=5\n"
      "PATH=/usr/bin\n"
      "ORCHESTRATOR_INSTANCE=");
  CHECK(profile.variables == Variables{{"ORCHESTRATOR_API", "http://a:3000/api http://b:3000/api"},
                                       {"ORCHESTRATOR_AUTH_USER", "dba"},
                                       {"ORCHESTRATOR_AUTH_PASSWORD", "pa$$ \"word"},
                                       {"ORCHESTRATOR_CA_FILE", "/etc/a b.pem"},
                                       {"ORCHESTRATOR_TIMEOUT", "5"},
                                       {"ORCHESTRATOR_INSTANCE", ""}});
  CHECK(profile.not_taken.empty());
}

TEST_CASE("a value that needs a shell is not taken and says where it is", "[client]") {
  const auto profile = parse_profile(
      "\nORCHESTRATOR_API=http://$HOSTNAME:3000\n"
      "ORCHESTRATOR_INSTANCE=\"`hostname`\"\n"
      "ORCHESTRATOR_AUTH_USER=\"a\\$b\"\n");
  CHECK(profile.not_taken == Variables{{"ORCHESTRATOR_API", "line 2"}, {"ORCHESTRATOR_INSTANCE", "line 3"}});
  CHECK(profile.variables == Variables{{"ORCHESTRATOR_AUTH_USER", "a$b"}});
}

TEST_CASE("other lines of a shell script are passed over", "[client]") {
  const auto profile = parse_profile(
      "if [ -f /etc/x ]; then . /etc/x; fi\n"
      "echo ORCHESTRATOR_API=http://echoed:3000\n"
      "ORCHESTRATOR_API='unfinished\n"
      "case \"$1\" in *) ;; esac\n"
      "ORCHESTRATOR_lower=1\n");
  CHECK(profile.variables.empty());
  CHECK(profile.not_taken.empty());
}
