// The memory store keeps the contract.
#include "kvstore/memory_store.hpp"

#include "show_result.hpp"
#include "store_contract.hpp"

using namespace kvstore;
using namespace kvstore_test;

TEST_CASE("the memory store keeps the contract of a store") {
  Loop loop;
  MemoryStore store;
  expect_store_contract(loop, store, "contract");
}

TEST_CASE("an empty folder lists every key of the memory store") {
  Loop loop;
  MemoryStore store("scratch");
  Client client(loop, store);
  REQUIRE(client.put({"b", "2"}));
  REQUIRE(client.put({"a/x", "1"}));
  CHECK(client.list("")->size() == 2);
  CHECK(client.get("missing").error().message() == "scratch: missing: no such key");
}
