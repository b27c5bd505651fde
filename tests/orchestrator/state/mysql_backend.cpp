// Lets the contract's tests run on a MariaDB server, or with TEST_WITH_MYSQL on a MySQL server.
#include "configuration/temporary_directory.hpp"
#include "mysql_fixture.hpp"
#include "sandbox/programs.hpp"

namespace orchestrator::state {
namespace {

// Databases with a schema that are free; making one takes servers long.
std::vector<std::string>& free_databases() {
  static std::vector<std::string> names;
  return names;
}

class ServerBackend final : public Backend {
 public:
  ServerBackend() {
    if (free_databases().empty()) {
      database_ = new_database();
      return;
    }
    database_ = free_databases().back();
    free_databases().pop_back();
    for (const auto* table : table_layouts()) {
      server().execute("DELETE FROM " + database_ + ".`" + std::string(table->name) + "`");
    }
  }
  ~ServerBackend() override { free_databases().push_back(database_); }
  Result<std::unique_ptr<Database>> open() override { return open_mysql(options_for(database_)); }

 private:
  std::string database_;
};

}  // namespace

std::unique_ptr<Backend> make_backend() {
  return std::make_unique<ServerBackend>();
}

sandbox::Server& server() {
#ifdef TEST_WITH_MYSQL
  static const auto programs = sandbox::found_or_skip(sandbox::find_mysql());
#else
  static const auto programs = sandbox::found_or_skip(sandbox::find_mariadb());
#endif
  static const TemporaryDirectory directory;
  static auto running = [] {
    // Commits survive the death of the server, as they do with the servers' own defaults.
    const sandbox::ServerOptions options{.name = "backend", .settings = {"innodb_flush_log_at_trx_commit=1"}};
    auto made = std::make_unique<sandbox::Server>(programs, directory.path(), options);
    made->start();
    return made;
  }();
  return *running;
}

std::string new_database() {
  static int count = 0;
  return "state_" + std::to_string(++count);
}

MysqlOptions options_for(const std::string& database) {
  MysqlOptions options;
  options.connect.server = {server().host(), server().port()};
  options.connect.credentials = {sandbox::root_account().name, sandbox::root_account().password};
  options.database = database;
  options.connect_timeout = std::chrono::milliseconds(2000);
  options.statement_timeout = std::chrono::milliseconds(20'000);
  return options;
}

}  // namespace orchestrator::state
