// What every KvStore must do; run over each of them.
#include "store_contract.hpp"

#include <algorithm>

#include "show_result.hpp"

namespace kvstore_test {
namespace {

using namespace kvstore;

std::vector<std::string> keys_of(const std::vector<Entry>& entries) {
  std::vector<std::string> keys;
  for (const Entry& entry : entries) keys.push_back(entry.key);
  return keys;
}

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

void expect_reads_and_writes(Client store, const std::string& root) {
  SECTION("a value that was put is read back") {
    for (const std::string& value : {std::string("db1:3306"), std::string(), all_bytes(), std::string(100'000, 'x')}) {
      REQUIRE(store.put({root + "/k", value}));
      const auto entry = store.get(root + "/k");
      REQUIRE(entry);
      CHECK(entry->key == root + "/k");
      CHECK(entry->value == value);
      CHECK(entry->version != Version::absent);
    }
  }
  SECTION("a missing key is not found, and its removal is no error") {
    CHECK(has_code(store.get(root + "/nothing"), Errc::not_found));
    CHECK(store.remove({root + "/nothing"}));
  }
  SECTION("a removed key is gone") {
    REQUIRE(store.put({root + "/k", "v"}));
    REQUIRE(store.remove({root + "/k"}));
    CHECK(has_code(store.get(root + "/k"), Errc::not_found));
  }
  SECTION("each write changes the version, another key's write does not") {
    REQUIRE(store.put({root + "/k", "1"}));
    const auto first = store.get(root + "/k");
    REQUIRE(store.put({root + "/other", "1"}));
    CHECK(store.get(root + "/k")->version == first->version);
    REQUIRE(store.put({root + "/k", "2"}));
    CHECK(store.get(root + "/k")->version != first->version);
  }
  SECTION("keys with characters that mean something to a URL or to JSON are kept apart") {
    const std::vector<std::string> keys{root + "/a b",     root + "/a%20b", root + "/a+b",
                                        root + "/a?b=c&d", root + "/a#b",   root + "/[::1]:3306",
                                        root + "/é\"\\",   root + "/a;b,c", root + "/a%2Fb"};
    for (const std::string& key : keys) REQUIRE(store.put({key, key}));
    for (const std::string& key : keys) CHECK(store.get(key)->value == key);
    CHECK(store.list(root)->size() == keys.size());
  }
  SECTION("a key that means different things to different stores is refused") {
    for (const std::string key : {"", "/a", "a//b", "a/", "a/../b", "a/.", "a\nb", "a\xff"}) {
      INFO(key);
      CHECK(has_code(store.put({key, "v"}), Errc::invalid_argument));
      CHECK(has_code(store.get(key), Errc::invalid_argument));
      CHECK(has_code(store.remove({key}), Errc::invalid_argument));
    }
  }
}

void expect_lists(Client store, const std::string& root) {
  SECTION("a list has the folder's own entry and everything below, in order, and no neighbour") {
    for (const std::string key : {"/f/z", "/f/a/b", "/f", "/f/a", "/f-neighbour", "/fa", "/f.x/y"}) {
      REQUIRE(store.put({root + key, "value of " + key}));
    }
    const std::vector<std::string> expected{root + "/f", root + "/f/a", root + "/f/a/b", root + "/f/z"};
    const auto entries = store.list(root + "/f");
    REQUIRE(entries);
    CHECK(keys_of(*entries) == expected);
    CHECK(entries->front().value == "value of /f");
    CHECK(entries->front().version == store.get(root + "/f")->version);
    CHECK(keys_of(*store.list(root + "/f/")) == expected);
  }
  SECTION("a list of nothing is empty") {
    const auto entries = store.list(root + "/nothing");
    REQUIRE(entries);
    CHECK(entries->empty());
  }
}

void expect_conditions(Client store, const std::string& root) {
  const std::string key = root + "/k";
  SECTION("a put that expects the key to be absent creates it once") {
    REQUIRE(store.put({key, "first", Version::absent}));
    CHECK(has_code(store.put({key, "second", Version::absent}), Errc::conflict));
    CHECK(store.get(key)->value == "first");
  }
  SECTION("a put and a removal at the right version happen, at an old version they do not") {
    REQUIRE(store.put({key, "1"}));
    const Version first = store.get(key)->version;
    REQUIRE(store.put({key, "2", first}));
    CHECK(has_code(store.put({key, "3", first}), Errc::conflict));
    CHECK(has_code(store.remove({key, first}), Errc::conflict));
    CHECK(store.get(key)->value == "2");
    REQUIRE(store.remove({key, store.get(key)->version}));
    CHECK(has_code(store.get(key), Errc::not_found));
  }
  SECTION("a put at a version of a key that is gone is a conflict") {
    REQUIRE(store.put({key, "1"}));
    const Version gone = store.get(key)->version;
    REQUIRE(store.remove({key}));
    CHECK(has_code(store.put({key, "2", gone}), Errc::conflict));
    CHECK(store.remove({key, gone}));
  }
  SECTION("a removal cannot expect the key to be absent") {
    CHECK(has_code(store.remove({key, Version::absent}), Errc::invalid_argument));
  }
}

void expect_transactions(Client store, const std::string& root, std::size_t max_operations) {
  const std::string a = root + "/a", b = root + "/b", c = root + "/c";
  SECTION("a transaction does all of its operations") {
    REQUIRE(store.put({a, "old"}));
    REQUIRE(store.put({b, "old"}));
    const Version version = store.get(a)->version;
    REQUIRE(store.transact({Put{a, "new", version}, Delete{b}, Put{c, "new", Version::absent}, Put{root + "/d", ""}}));
    CHECK(store.get(a)->value == "new");
    CHECK(has_code(store.get(b), Errc::not_found));
    CHECK(store.get(c)->value == "new");
    CHECK(store.get(root + "/d")->value.empty());
  }
  SECTION("one condition that fails keeps all of it from happening") {
    REQUIRE(store.put({a, "old"}));
    const Version version = store.get(a)->version;
    REQUIRE(store.put({a, "newer"}));
    const Version now = store.get(a)->version;
    for (const Operation& failing :
         std::vector<Operation>{Put{a, "x", version}, Put{a, "x", Version::absent}, Delete{a, version},
                                Check{a, version}, Check{a, Version::absent}, Check{c, now}}) {
      CHECK(has_code(store.transact({Put{b, "x"}, failing}), Errc::conflict));
      CHECK(has_code(store.transact({failing, Put{b, "x"}}), Errc::conflict));
      CHECK(has_code(store.get(b), Errc::not_found));
      CHECK(store.get(a)->value == "newer");
    }
  }
  SECTION("a check lets the transaction through and leaves the version alone") {
    REQUIRE(store.put({a, "v"}));
    const Version version = store.get(a)->version;
    REQUIRE(store.transact({
        Check{a, version},
        Check{c, Version::absent},
        Put{b, "v"},
    }));
    CHECK(store.get(a)->version == version);
    CHECK(store.get(b)->value == "v");
  }
  SECTION("a transaction of the greatest size is taken, one more operation is refused") {
    Transaction transaction;
    for (std::size_t i = 0; i < max_operations; ++i)
      transaction.emplace_back(Put{root + "/n" + std::to_string(i), "v"});
    REQUIRE(store.transact(transaction));
    CHECK(store.list(root)->size() == max_operations);
    transaction.emplace_back(Put{root + "/one-more", "v"});
    CHECK(has_code(store.transact(transaction), Errc::too_large));
    CHECK(has_code(store.get(root + "/one-more"), Errc::not_found));
  }
  SECTION("an empty transaction and a key twice are refused") {
    CHECK(has_code(store.transact({}), Errc::invalid_argument));
    CHECK(has_code(store.transact({Put{a, "1"}, Check{a, Version::absent}}), Errc::invalid_argument));
    CHECK(has_code(store.transact({Put{"/a", "1"}}), Errc::invalid_argument));
  }
}

}  // namespace

void expect_store_contract(Loop& loop, KvStore& store, const std::string& root) {
  const Client client(loop, store);
  CHECK(!store.name().empty());
  expect_reads_and_writes(client, root);
  expect_lists(client, root);
  expect_conditions(client, root);
  expect_transactions(client, root, store.max_operations());
  SECTION("a deadline in the past sends nothing") {
    const auto past = in(-1ms);
    CHECK(has_code(loop.run(store.put({root + "/k", "v"}, past)), Errc::timeout));
    CHECK(has_code(loop.run(store.transact({Put{root + "/k", "v"}}, past)), Errc::timeout));
    CHECK(has_code(loop.run(store.get(root + "/k", past)), Errc::timeout));
    CHECK(has_code(loop.run(store.list(root, past)), Errc::timeout));
    CHECK(has_code(Client(loop, store).get(root + "/k"), Errc::not_found));
  }
}

}  // namespace kvstore_test
