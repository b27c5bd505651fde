// Lets the contract's tests run on SQLite in a file.
#include "configuration/temporary_directory.hpp"
#include "sqlite_fixture.hpp"

namespace orchestrator::state {
namespace {

class FileBackend final : public Backend {
 public:
  Result<std::unique_ptr<Database>> open() override {
    return open_sqlite({.file = (directory_.path() / "state").string()});
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

std::unique_ptr<Backend> make_backend() {
  return std::make_unique<FileBackend>();
}

}  // namespace orchestrator::state
