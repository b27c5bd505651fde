// MemoryLogStore keeps the LogStore contract.
#include "consensus/memory_log_store.hpp"

#include "catch.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_store_contract.hpp"

namespace consensus {
namespace {

class Medium final : public LogStoreMedium {
 public:
  std::unique_ptr<LogStore> store() override { return std::make_unique<MemoryLogStore>(log_, Incarnation{5}); }

 private:
  std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>();
};

TEST_CASE("the memory log store keeps the contract") {
  for (const LogStoreClause& clause : log_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

TEST_CASE("a damaged memory log stays damaged until it has recovered") {
  SampleLog log;
  MemoryLogStore store;
  REQUIRE(store.write(append(log.commands(1, 5))));
  store.log()->damage_from(Index(4));
  CHECK(store.open()->damaged);
  CHECK(store.open()->last.index == Index(3));
  Write write;
  write.recovered = true;
  REQUIRE(store.write(write));
  CHECK_FALSE(store.open()->damaged);
}

}  // namespace
}  // namespace consensus
