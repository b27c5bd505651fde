// Opens SQLite files and MySQL databases for the state.
#include "server/backend.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "configuration/address.hpp"
#include "state/mysql_database.hpp"
#include "state/sqlite_database.hpp"

namespace orchestrator {
namespace {

topology::mysql::TlsOptions tls_of(const BackendSettings& settings) {
  topology::mysql::TlsOptions tls;
  tls.ca_file = settings.ssl_ca_file;
  if (settings.use_mutual_tls) {
    tls.certificate_file = settings.ssl_cert_file;
    tls.key_file = settings.ssl_private_key_file;
  }
  if (settings.ssl_ca_file.empty() && !settings.use_mutual_tls) {
    tls.mode = topology::mysql::TlsMode::preferred;
  } else {
    tls.mode =
        settings.ssl_skip_verify ? topology::mysql::TlsMode::required : topology::mysql::TlsMode::verify_identity;
  }
  return tls;
}

state::Result<std::unique_ptr<state::Database>> open_database(const BackendSettings& settings) {
  if (settings.kind == BackendKind::sqlite) {
    return state::open_sqlite({.file = settings.sqlite_file});
  }
  state::MysqlOptions options;
  options.connect.server = {settings.host, settings.port};
  options.connect.credentials = {settings.user, settings.password.reveal()};
  options.connect.tls = tls_of(settings);
  options.database = settings.database;
  options.statement_timeout = settings.read_timeout;
  return state::open_mysql(options);
}

// Puts the files of a state away under another name; the new name of the file.
state::Result<std::filesystem::path> set_aside(const std::filesystem::path& file) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  const std::filesystem::path aside = fmt::format("{}.without-log-{}", file.string(), seconds);
  for (const char* part : {"-wal", "-shm", ""}) {
    std::error_code code;
    if (std::filesystem::exists(file.string() + part, code)) {
      std::filesystem::rename(file.string() + part, aside.string() + part, code);
    }
    if (code) {
      return state::Error{code, file.string() + part};
    }
  }
  return aside;
}

}  // namespace

std::string backend_name(const BackendSettings& settings) {
  if (settings.kind == BackendKind::sqlite) {
    return settings.sqlite_file;
  }
  return fmt::format("mysql://{}@{}/{}", settings.user, to_text({settings.host, settings.port}), settings.database);
}

state::Result<std::unique_ptr<state::State>> open_state(const Configuration& configuration,
                                                        const std::filesystem::path& log_folder) {
  const auto& settings = configuration.backend;
  auto database = open_database(settings);
  if (!database) {
    return database.error();
  }
  auto opened = std::make_unique<state::State>(std::move(*database));
  const auto applied = opened->applied();
  if (!applied) {
    return applied.error();
  }
  if (*applied == 0 || std::filesystem::exists(log_folder / "log.db")) {
    return opened;
  }
  if (!configuration.raft.enabled || settings.kind != BackendKind::sqlite) {
    return state::make_error(state::Errc::invalid_argument,
                             fmt::format("{} has a state, but {} has no log of it; put that directory back, or remove "
                                         "the state to begin without it",
                                         backend_name(settings), log_folder.string()));
  }
  opened.reset();
  const auto aside = set_aside(settings.sqlite_file);
  if (!aside) {
    return aside.error();
  }
  spdlog::warn("{} has no log, so this node begins anew and asks its group; the state it had is kept in {}",
               log_folder.string(), aside->string());
  database = open_database(settings);
  if (!database) {
    return database.error();
  }
  return std::make_unique<state::State>(std::move(*database));
}

}  // namespace orchestrator
