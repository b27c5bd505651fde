// Routes for tags.
#include "api_fixture.hpp"
#include "catch.hpp"

namespace {

const std::string db1 = R"({"Hostname":"db1.example.com","Port":3306})";
const std::string db2 = R"({"Hostname":"db2.example.com","Port":3306})";
const std::string db3 = R"({"Hostname":"db3.example.com","Port":3306})";

std::string ok(const std::string& message, const std::string& details) {
  return R"({"Code":"OK","Message":")" + message + R"(","Details":)" + details + "}";
}

std::string message_of(const Answer& answer) {
  return value_of(answer.body, "Message");
}

}  // namespace

TEST_CASE("a tag is put by query or by path, and read again") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/tags/db1/3306").body == "[]");
  CHECK(fixture.get("/api/tag/db1/3306?tag=name%3Dvalue").body ==
        ok("db1.example.com:3306 tagged with name=value", db1));
  CHECK(fixture.get("/api/tag/db1/3306?tag=alone").body == ok("db1.example.com:3306 tagged with alone=", db1));
  CHECK(fixture.get("/api/tag/db1/3306/role/backup").body == ok("db1.example.com:3306 tagged with role=backup", db1));
  CHECK(fixture.get("/api/tags/db1/3306").body == R"(["alone=","name=value","role=backup"])");
  CHECK(fixture.get("/api/tag-value/db1/3306?tag=name").body == R"("value")");
  CHECK(fixture.get("/api/tag-value/db1/3306/role").body == R"("backup")");
  CHECK(fixture.get("/api/tag-value/db1/3306/alone").body == R"("")");
  CHECK(message_of(fixture.get("/api/tag-value/db1/3306/nothing")) == "tag nothing not found for db1.example.com:3306");
  CHECK(message_of(fixture.get("/api/tag-value/db1/3306")) == "NewTag: empty tag name");
  CHECK(message_of(fixture.get("/api/tag/db1/3306")) == "NewTag: empty tag name");
  CHECK(message_of(fixture.get("/api/tag/db1/3306?tag=~x")) == "tag: does not support negation");
  CHECK(fixture.memory.audit_lines() ==
        "put-instance-tag db1.example.com:3306 [db1.example.com:3306] name=value\n"
        "put-instance-tag db1.example.com:3306 [db1.example.com:3306] alone=\n"
        "put-instance-tag db1.example.com:3306 [db1.example.com:3306] role=backup\n");
}

TEST_CASE("instances are found by all of several tags") {
  ApiFixture fixture;
  fixture.get("/api/tag/db1/3306?tag=a=1");
  fixture.get("/api/tag/db2/3306?tag=a=2");
  fixture.get("/api/tag/db2/3306?tag=b");
  fixture.get("/api/tag/db3/3306?tag=b");
  CHECK(fixture.get("/api/tagged?tag=a").body == "[" + db1 + "," + db2 + "]");
  CHECK(fixture.get("/api/tagged?tag=a=2").body == "[" + db2 + "]");
  CHECK(fixture.get("/api/tagged?tag=a,b").body == "[" + db2 + "]");
  CHECK(fixture.get("/api/tagged?tag=~a").body == "[" + db3 + "]");
  CHECK(fixture.get("/api/tagged?tag=!a=2").body == "[" + db1 + "]");
  CHECK(fixture.get("/api/tagged?tag=c").body == "[]");
  CHECK(message_of(fixture.get("/api/tagged")) == "Unable to parse tag: ");
}

TEST_CASE("a tag is taken from one instance, by name or only with a value") {
  ApiFixture fixture;
  fixture.get("/api/tag/db1/3306?tag=a=1");
  CHECK(fixture.get("/api/untag/db1/3306?tag=a=2").body == ok("a removed from 0 instances", "[]"));
  CHECK(fixture.get("/api/untag/db1/3306?tag=a=1").body == ok("a removed from 1 instances", "[" + db1 + "]"));
  fixture.get("/api/tag/db1/3306?tag=a=1");
  CHECK(fixture.get("/api/untag/db1/3306/a").body == ok("a removed from 1 instances", "[" + db1 + "]"));
  CHECK(fixture.get("/api/tags/db1/3306").body == "[]");
  CHECK(message_of(fixture.get("/api/untag/db1/3306?tag=~a")) == "untag: does not support negation");
}

TEST_CASE("a tag is taken from all instances only with its value") {
  ApiFixture fixture;
  for (const auto* host : {"db1", "db2", "db3"}) {
    fixture.get("/api/tag/" + std::string(host) + "/3306?tag=a=" + (host == std::string("db3") ? "2" : "1"));
  }
  CHECK(fixture.get("/api/untag-all?tag=a").status == 500);
  CHECK(message_of(fixture.get("/api/untag-all?tag=a")) ==
        "untag: either indicate an instance or a tag value. Will not delete on-valued tag across instances");
  CHECK(fixture.get("/api/untag-all?tag=a=1").body == ok("a removed from 2 instances", "[" + db1 + "," + db2 + "]"));
  CHECK(fixture.get("/api/untag-all/a/2").body == ok("a removed from 1 instances", "[" + db3 + "]"));
}

TEST_CASE("the tree can be shown with tags") {
  ApiFixture fixture;
  fixture.get("/api/tag/db2/3306?tag=a=1");
  fixture.get("/api/tag/db2/3306?tag=b");
  const auto text = value_of(fixture.get("/api/topology-tags/shop").body, "Details");
  CHECK(text.find(" [a=1,b]") != std::string::npos);
}

TEST_CASE("tagging can be reserved to those who may change things") {
  ApiFixture fixture;
  fixture.paths.submission = orchestrator::http::Access::authorized;
  fixture.authentication.mutations = orchestrator::http::Mutations::refused;
  CHECK(message_of(fixture.get("/api/tag/db1/3306?tag=a")) == "Unauthorized");
  CHECK(fixture.get("/api/tags/db1/3306").body == "[]");
}
