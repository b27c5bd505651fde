// Instance keys: what users write, what servers show.
#include "topology/instance_key.hpp"

#include <vector>

#include "catch.hpp"

using topology::InstanceKey;
using topology::parse_instance_key;

TEST_CASE("A key is read from names, IPv4 and IPv6 addresses, with and without a port") {
  struct Row {
    std::string text;
    InstanceKey expected;
    std::string printed;
  };
  const std::vector<Row> rows{
      {"db1", {"db1", 3306}, "db1:3306"},
      {"db1:3307", {"db1", 3307}, "db1:3307"},
      {"DB1.Example.com:1", {"DB1.Example.com", 1}, "DB1.Example.com:1"},
      {"127.0.0.2:65535", {"127.0.0.2", 65535}, "127.0.0.2:65535"},
      {"[2001:db8::1]:3307", {"2001:db8::1", 3307}, "[2001:db8::1]:3307"},
      {"[::1]", {"::1", 3306}, "[::1]:3306"},
      {"::1", {"::1", 3306}, "[::1]:3306"},
      {"db_1-a:3306", {"db_1-a", 3306}, "db_1-a:3306"},
  };
  for (const auto& [text, expected, printed] : rows) {
    CAPTURE(text);
    const auto key = parse_instance_key(text);
    REQUIRE(key);
    CHECK(*key == expected);
    CHECK(key->to_string() == printed);
    CHECK(key->is_valid());
    CHECK(parse_instance_key(printed) == key);
  }
  CHECK(parse_instance_key("db1", 3310)->port == 3310);
}

TEST_CASE("Text that names no instance is refused with the text in the error") {
  for (const std::string text :
       {"", ":3306", "db1:", "db1:0", "db1:65536", "db1:x", "db1:3306x", "db1:-1", "2001:db8:1:3306:x", "[::1",
        "[db1]:3306", "[::1]3306", "[::1]:", "db 1:3306", "a/b:3306", "db1,db2", "//db1"}) {
    CAPTURE(text);
    const auto key = parse_instance_key(text);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == topology::Errc::parse_error);
    CHECK(key.error().context.find("'" + text + "'") != std::string::npos);
  }
}

TEST_CASE("Control characters are part of no host") {
  using namespace std::string_literals;
  for (const auto& text : {"::\0"s, "::1\0x"s, "[::1\0]:3306"s, "127.0.0.1\0"s, "db\0001"s, "db1\n"s, "db\x7f"s,
                           "\tdb1"s, "[db"s, "db]"s}) {
    CAPTURE(text);
    CHECK_FALSE(parse_instance_key(text));
    CHECK_FALSE(topology::is_ip_address(text));
  }
}

TEST_CASE("Servers' placeholders and detached masters are no keys to connect to") {
  CHECK_FALSE(InstanceKey{}.is_valid());
  CHECK_FALSE(InstanceKey{"_", 3306}.is_valid());
  CHECK_FALSE(InstanceKey{"db1", 0}.is_valid());
  const InstanceKey detached{"//db1", 3306};
  CHECK_FALSE(detached.is_valid());
  CHECK(detached.is_detached());
  CHECK(detached.reattached() == InstanceKey{"db1", 3306});
  CHECK(InstanceKey{"db1", 3306}.reattached() == InstanceKey{"db1", 3306});
}

TEST_CASE("Addresses are told from names") {
  CHECK(topology::is_ip_address("127.0.0.1"));
  CHECK(topology::is_ip_address("::1"));
  CHECK_FALSE(topology::is_ip_address("[::1]"));
  CHECK_FALSE(topology::is_ip_address("127.0.0"));
  CHECK_FALSE(topology::is_ip_address("db1"));
}
