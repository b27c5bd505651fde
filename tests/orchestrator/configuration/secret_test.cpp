// Secrets do not come out by accident.
#include <fmt/core.h>

#include <ostream>
#include <type_traits>

#include "catch.hpp"
#include "configuration/configuration.hpp"

namespace orchestrator {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

TEST_CASE("A secret can be neither streamed nor formatted nor turned into a string") {
  STATIC_REQUIRE(Streamable<std::string>);
  STATIC_REQUIRE_FALSE(Streamable<Secret>);
  STATIC_REQUIRE(fmt::is_formattable<std::string>::value);
  STATIC_REQUIRE_FALSE(fmt::is_formattable<Secret>::value);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  REQUIRE(Secret("hunter2").reveal() == "hunter2");
}

TEST_CASE("A dump shows which secrets are set, and none of them") {
  Configuration configuration;
  configuration.topology.password = Secret("hunter2");
  configuration.kv.consul_acl_token = Secret("hunter2");
  const auto dump = dump_configuration(configuration);
  REQUIRE(dump.find("hunter2") == std::string::npos);
  REQUIRE(dump.find("\"MySQLTopologyPassword\": \"<redacted>\"") != std::string::npos);
  REQUIRE(dump.find("\"ConsulAclToken\": \"<redacted>\"") != std::string::npos);
  REQUIRE(dump.find("\"HTTPAuthPassword\": \"\"") != std::string::npos);
}

}  // namespace orchestrator
