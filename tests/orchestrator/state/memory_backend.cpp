// Lets the contract's tests run on SQLite in memory.
#include "sqlite_fixture.hpp"

namespace orchestrator::state {
namespace {

class MemoryBackend final : public Backend {
 public:
  Result<std::unique_ptr<Database>> open() override { return open_sqlite({.file = ":memory:"}); }
};

}  // namespace

std::unique_ptr<Backend> make_backend() {
  return std::make_unique<MemoryBackend>();
}

}  // namespace orchestrator::state
