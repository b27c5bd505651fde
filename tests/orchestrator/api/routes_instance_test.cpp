// Routes that show instances.
#include "api_fixture.hpp"
#include "catch.hpp"

using Catch::Matchers::StartsWith;

TEST_CASE("an instance is answered bare") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/instance/db1.example.com/3306");
  CHECK(answer.status == 200);
  CHECK_THAT(answer.body, StartsWith(R"({"Key":{"Hostname":"db1.example.com","Port":3306},"InstanceAlias":"",)"));
  CHECK(hosts_of(fixture.get("/api/instance/db2/3306").body) == "db2.example.com");
}

TEST_CASE("an unknown instance is an error") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/instance/nowhere/3306");
  CHECK(answer.status == 500);
  CHECK(answer.body == R"({"Code":"ERROR","Message":"Cannot read instance: nowhere:3306","Details":null})");
}

TEST_CASE("the replicas of an instance are a list, empty for a leaf and for an unknown one") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/instance-replicas/db1.example.com/3306").body) == "db2.example.com db3.example.com");
  CHECK(fixture.get("/api/instance-replicas/db2.example.com/3306").body == "[]");
  CHECK(fixture.get("/api/instance-replicas/nowhere/3306").body == "[]");
}

TEST_CASE("all instances are listed, masters first") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/all-instances");
  CHECK(hosts_of(answer.body) == "db1.example.com other1.example.com db2.example.com db3.example.com");
  fixture.fleet.known = std::make_shared<const topology::Topology>();
  CHECK(fixture.get("/api/all-instances").body == "[]");
}

TEST_CASE("a list longer than a piece of work is whole") {
  ApiFixture fixture;
  std::vector<std::shared_ptr<const topology::Observation>> observations;
  for (std::uint32_t at = 1; at <= 350; ++at) {
    auto instance = sample::instance("db" + std::to_string(at), 1);
    instance.server_uuid = std::to_string(at);
    observations.push_back(sample::observed(std::move(instance)));
  }
  fixture.fleet.known = sample::topology_of(observations);
  const auto hosts = hosts_of(fixture.get("/api/all-instances").body);
  CHECK(std::count(hosts.begin(), hosts.end(), ' ') == 349);
}

TEST_CASE("search takes its text from the path or from the query") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/search/db3").body) == "db3.example.com");
  CHECK(hosts_of(fixture.get("/api/search?s=other1.ex").body) == "other1.example.com");
  CHECK(hosts_of(fixture.get("/api/search/db1.example.com%3A3306").body).find("db1.example.com") == 0);
  CHECK(fixture.get("/api/search/nothing-like-it").body == "[]");
  CHECK(hosts_of(fixture.get("/api/search").body).find("db1.example.com") == 0);
}

TEST_CASE("problems are listed, of all clusters or of one, and null when there are none") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/problems").body) == "db3.example.com");
  CHECK(hosts_of(fixture.get("/api/problems/shop").body) == "db3.example.com");
  CHECK(hosts_of(fixture.get("/api/problems/db1.example.com:3306").body) == "db3.example.com");
  CHECK(fixture.get("/api/problems/other1.example.com:3306").body == "null");
  CHECK(fixture.get("/api/problems/nothing").body == "null");
  fixture.settings.ignores_problems_of = [](const std::string& host) { return host == "db3.example.com"; };
  CHECK(fixture.get("/api/problems").body == "null");
}
