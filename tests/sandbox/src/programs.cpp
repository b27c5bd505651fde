// Finds the real server programs on this machine.
#include "sandbox/programs.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace sandbox {
namespace {

namespace fs = std::filesystem;

bool is_executable(const fs::path& path) {
  std::error_code unreadable;  // a folder in PATH that is not for this user
  return fs::is_regular_file(path, unreadable) && access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/usr/local/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && is_executable(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  return std::nullopt;
}

std::string quoted(const std::vector<std::string>& command) {
  std::string line;
  for (const auto& word : command) line += "'" + word + "' ";
  return line;
}

// "… Ver 10.11.14-MariaDB …" → "10.11.14"
std::string version_of(const std::vector<std::string>& command) {
  const std::string line = quoted(command) + "--no-defaults --version 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(line.c_str(), "re"), &pclose);
  std::array<char, 512> text{};
  if (!pipe || std::fgets(text.data(), static_cast<int>(text.size()), pipe.get()) == nullptr) return {};
  const std::string_view said(text.data());
  const auto ver = said.find("Ver ");
  if (ver == std::string_view::npos) return {};
  const auto begin = said.find_first_of("0123456789", ver);
  if (begin == std::string_view::npos) return {};
  const auto end = said.find_first_not_of("0123456789.", begin);
  return std::string(said.substr(begin, end == std::string_view::npos ? end : end - begin));
}

template <class Program>
Found<Program> missing(const std::string& what, const std::string& remedy) {
  return {std::nullopt, what + " is not there; to get it: " + remedy};
}

Found<DatabasePrograms> look_for_mariadb() {
  const auto server = find_in_path("mariadbd");
  const auto install = find_in_path("mariadb-install-db");
  const std::string remedy = "./dev setup (Debian packages mariadb-server-core and mariadb-client-core)";
  if (!server || !install) return missing<DatabasePrograms>("MariaDB", remedy);
  DatabasePrograms programs;
  programs.flavour = Flavour::mariadb;
  programs.command = {server->string()};
  programs.install_command = {install->string()};
  programs.version = version_of(programs.command);
  if (programs.version.empty()) return missing<DatabasePrograms>("A MariaDB server that runs", remedy);
  return {programs, {}};
}

// The program in an unpacked tree, behind the dynamic loader and the library path that it came with; empty when it is
// not there. Old packages have libraries in lib and in usr/lib, new ones in usr/lib.
std::vector<std::string> through_own_loader(const fs::path& tree, const fs::path& program) {
  std::string loader;
  std::string libraries;
  for (const auto& parent : {tree / "lib", tree / "usr" / "lib"}) {
    if (!fs::is_directory(parent)) continue;
    for (const auto& folder : fs::directory_iterator(parent)) {
      if (folder.path().filename().string().find("-linux-gnu") == std::string::npos) continue;
      libraries += (libraries.empty() ? "" : ":") + folder.path().string();
      for (const auto& file : fs::directory_iterator(folder.path())) {
        if (file.path().filename().string().starts_with("ld-linux")) loader = file.path();
      }
    }
  }
  if (loader.empty() || !is_executable(tree / program)) return {};
  return {loader, "--library-path", libraries, tree / program};
}

// Where an unpacked server has its own files.
std::vector<std::string> own_places(const fs::path& usr, const fs::path& share) {
  return {"basedir=" + usr.string(), "lc-messages-dir=" + share.string(),
          "character-sets-dir=" + (share / "charsets").string(), "plugin-dir=" + (usr / "lib/mysql/plugin").string()};
}

Found<DatabasePrograms> unpacked(Flavour flavour, const fs::path& tree, const fs::path& program,
                                 const std::string& what, const std::string& remedy) {
  DatabasePrograms programs;
  programs.flavour = flavour;
  programs.command = through_own_loader(tree, program);
  if (programs.command.empty()) return missing<DatabasePrograms>(what, remedy);
  programs.version = version_of(programs.command);
  if (programs.version.empty()) return missing<DatabasePrograms>(what + ", one that runs,", remedy);
  return {programs, {}};
}

Found<DatabasePrograms> look_for_mysql() {
  const fs::path tree = cache_directory() / "servers" / "mysql";
  auto found = unpacked(Flavour::mysql, tree, "usr/sbin/mysqld", "MySQL 9", "./dev setup --mysql");
  if (found) found.program->settings = own_places(tree / "usr", tree / "usr/share/mysql");
  return found;
}

// Its files are named mysql_… in share/mysql before MariaDB 11, mariadb_… in share/mariadb since.
Found<DatabasePrograms> look_for_mariadb(const std::string& series) {
  const fs::path tree = cache_directory() / "servers" / ("mariadb-" + series);
  auto found = unpacked(Flavour::mariadb, tree, "usr/sbin/mariadbd", "MariaDB " + series, "./dev setup --mariadb");
  if (!found) return found;
  const std::string name = fs::exists(tree / "usr/share/mariadb/mariadb_system_tables.sql") ? "mariadb" : "mysql";
  const fs::path share = tree / "usr/share" / name;
  found.program->settings = own_places(tree / "usr", share);
  // Since 11.4 a server without a certificate makes itself one at each start, which takes seconds; a test that wants it
  // says ssl=ON.
  if (name == "mariadb") found.program->settings.emplace_back("skip-ssl");
  found.program->system_tables = {share / (name + "_system_tables.sql"), share / (name + "_performance_tables.sql"),
                                  share / (name + "_system_tables_data.sql")};
  return found;
}

}  // namespace

fs::path cache_directory() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return fs::path(cache) / "orchestrator";
  }
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : "/tmp") / ".cache" / "orchestrator";
}

Found<DatabasePrograms> find_mariadb() {
  static const auto found = [] {
    const char* series = std::getenv("ORCHESTRATOR_SANDBOX_MARIADB");
    return series != nullptr && *series != '\0' ? look_for_mariadb(series) : look_for_mariadb();
  }();
  return found;
}

Found<DatabasePrograms> find_mariadb(const std::string& series) {
  return look_for_mariadb(series);
}

Found<fs::path> find_mariadb_plugins() {
  const fs::path installed = "/usr/lib/mysql/plugin";
  const fs::path fetched = cache_directory() / "servers" / "mariadb-plugins" / "usr/lib/mysql/plugin";
  for (const auto& directory : {installed, fetched}) {
    if (fs::exists(directory / "auth_ed25519.so")) return {directory, {}};
  }
  return missing<fs::path>("The directory of MariaDB's authentication plugins", "./dev setup --mariadb");
}

Found<DatabasePrograms> find_mysql() {
  static const auto found = look_for_mysql();
  return found;
}

Found<DatabasePrograms> find_database(Flavour flavour) {
  switch (flavour) {
    case Flavour::mariadb:
      return find_mariadb();
    case Flavour::mysql:
      return find_mysql();
  }
  throw std::logic_error("no such flavour");
}

Found<ConsulProgram> find_consul() {
  if (const auto installed = find_in_path("consul")) return {ConsulProgram{*installed}, {}};
  const fs::path unpacked = cache_directory() / "servers" / "consul" / "usr" / "bin" / "consul";
  if (is_executable(unpacked)) return {ConsulProgram{unpacked}, {}};
  return missing<ConsulProgram>("Consul", "./dev setup --consul");
}

Found<NameServerProgram> find_name_server() {
  if (const auto installed = find_in_path("dnsmasq")) return {NameServerProgram{*installed}, {}};
  return missing<NameServerProgram>("dnsmasq", "./dev setup (Debian package dnsmasq-base)");
}

std::string to_string(Flavour flavour) {
  switch (flavour) {
    case Flavour::mariadb:
      return "mariadb";
    case Flavour::mysql:
      return "mysql";
  }
  throw std::logic_error("no such flavour");
}

void skip_test_program(const std::string& reason) {
  std::printf("SKIPPED: %s\n", reason.c_str());
  std::fflush(nullptr);
  std::_Exit(77);
}

}  // namespace sandbox
