// The keys of a cluster's master, exactly as the established layout has them.
#include "kvstore/master_layout.hpp"

#include "show_result.hpp"

using namespace kvstore;

namespace {

const ClusterMaster db1{"c1", "db1.example.com", 3306, "10.0.0.1", ""};

std::vector<Entry> observed_as(const std::vector<KeyValue>& pairs) {
  std::vector<Entry> entries;
  for (const auto& [key, value] : pairs) entries.push_back({key, value, Version{entries.size() + 7}});
  std::ranges::sort(entries, {}, &Entry::key);
  return entries;
}

}  // namespace

TEST_CASE("the prefix ends with exactly one slash") {
  CHECK(master_key_prefix("mysql/master") == "mysql/master/");
  CHECK(master_key_prefix("mysql/master/") == "mysql/master/");
  CHECK(master_key_prefix("mysql/master///") == "mysql/master/");
  CHECK(master_key_prefix("") == "/");
  CHECK(master_key_prefix("/") == "/");
}

TEST_CASE("a cluster has five keys in the established order") {
  CHECK(master_pairs("mysql/master", db1) == std::vector<KeyValue>{{"mysql/master/c1", "db1.example.com:3306"},
                                                                   {"mysql/master/c1/hostname", "db1.example.com"},
                                                                   {"mysql/master/c1/port", "3306"},
                                                                   {"mysql/master/c1/ipv4", "10.0.0.1"},
                                                                   {"mysql/master/c1/ipv6", ""}});
}

TEST_CASE("a cluster without an alias has no keys") {
  CHECK(master_pairs("p", {"", "db1", 3306, "", ""}).empty());
}

TEST_CASE("an alias may be a host and port, and an IPv6 host gets brackets before its port") {
  const auto pairs = master_pairs("p/", {"::1:3306", "::1", 3307, "", "::1"});
  CHECK(pairs[0] == KeyValue{"p/::1:3306", "[::1]:3307"});
  CHECK(pairs[1] == KeyValue{"p/::1:3306/hostname", "::1"});
  CHECK(master_pairs("p/", {"c", "[::1]", 3307, "", ""})[0].value == "[::1]:3307");
}

TEST_CASE("a master without host or port, or with a key no store takes, cannot be published") {
  CHECK(check_master("mysql/master", db1));
  CHECK_FALSE(check_master("mysql/master", {"c1", "", 3306, "", ""}));
  CHECK_FALSE(check_master("mysql/master", {"c1", "db1", 0, "", ""}));
  CHECK_FALSE(check_master("mysql/master", {"c1/", "db1", 3306, "", ""}));
  CHECK_FALSE(check_master("/", db1));
}

TEST_CASE("nothing is to be done when the store has every pair") {
  const auto pairs = master_pairs("p", db1);
  CHECK(changes(pairs, observed_as(pairs)).empty());
}

TEST_CASE("an empty store gets every key, each guarded by its absence") {
  const auto pairs = master_pairs("p", db1);
  const Transaction transaction = changes(pairs, {});
  REQUIRE(transaction.size() == 5);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CHECK(transaction[i] == Operation{Put{pairs[i].key, pairs[i].value, Version::absent}});
  }
}

TEST_CASE("a new master is written where it differs and checked where it does not") {
  auto observed = observed_as(master_pairs("p", db1));
  observed.push_back({"p/c1/zzz", "somebody else's", Version{99}});
  const ClusterMaster db2{"c1", "db2.example.com", 3306, "10.0.0.2", ""};
  const Transaction transaction = changes(master_pairs("p", db2), observed);
  CHECK(transaction == Transaction{Put{"p/c1", "db2.example.com:3306", Version{7}},
                                   Put{"p/c1/hostname", "db2.example.com", Version{8}}, Check{"p/c1/port", Version{9}},
                                   Put{"p/c1/ipv4", "10.0.0.2", Version{10}}, Check{"p/c1/ipv6", Version{11}}});
}

TEST_CASE("a missing key with an empty value is written") {
  const auto pairs = master_pairs("p", db1);
  auto observed = observed_as(pairs);
  std::erase_if(observed, [](const Entry& entry) { return entry.key.ends_with("/ipv6"); });
  CHECK(changes(pairs, observed).back() == Operation{Put{"p/c1/ipv6", "", Version::absent}});
}
