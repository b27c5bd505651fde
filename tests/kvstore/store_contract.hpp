// What every KvStore must do; run over each of them.
#pragma once

#include <string>

#include "kvstore/kv_store.hpp"
#include "loop.hpp"

namespace kvstore_test {

// Call it in a TEST_CASE: it opens sections. Uses keys below `root` only, which must be empty at the start.
void expect_store_contract(Loop& loop, kvstore::KvStore& store, const std::string& root);

}  // namespace kvstore_test
