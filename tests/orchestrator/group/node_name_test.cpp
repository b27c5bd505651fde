// A node's name stays when its address changes.
#include "group/node_name.hpp"

#include <sys/stat.h>

#include <fstream>

#include "catch.hpp"
#include "sandbox/temporary_directory.hpp"

namespace group = orchestrator::group;

TEST_CASE("the first name is kept, in a folder that is made for it") {
  const sandbox::TemporaryDirectory directory;
  const auto folder = directory.path() / "made" / "here";
  CHECK(*group::kept_node_name(folder, "db1:10008") == "db1:10008");
  CHECK(*group::kept_node_name(folder, "db2:10008") == "db1:10008");
}

TEST_CASE("a file that holds no name is refused, not replaced") {
  const sandbox::TemporaryDirectory directory;
  for (const std::string content : {"", "\n", "a/b\n", "two words\n"}) {
    CAPTURE(content);
    std::ofstream(directory.path() / "node-name") << content;
    const auto name = group::kept_node_name(directory.path(), "db1:10008");
    REQUIRE_FALSE(name);
    CHECK_THAT(name.error().message(), Catch::Contains((directory.path() / "node-name").string()));
  }
}

TEST_CASE("a folder that cannot be made is an error that names it") {
  const sandbox::TemporaryDirectory directory;
  std::ofstream(directory.path() / "file") << "x";
  const auto name = group::kept_node_name(directory.path() / "file" / "below", "db1:10008");
  REQUIRE_FALSE(name);
  CHECK_THAT(name.error().message(), Catch::Contains("file"));
}

TEST_CASE("names are printable and of one word") {
  CHECK(group::is_node_name("db1.example.com:10008"));
  CHECK(group::is_node_name("[2001:db8::1]:10008"));
  for (const std::string name : {"", "a b", "a/b", "a\n"}) CHECK_FALSE(group::is_node_name(name));
  CHECK_FALSE(group::is_node_name(std::string(256, 'a')));
}
