// Initialised data directories, made once and then copied.
#include "sandbox/data_template.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "sandbox/accounts.hpp"
#include "sandbox/process.hpp"

namespace sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds initialise_deadline{120};

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0600)
      : number_(open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (number_ < 0) throw_errno("cannot open " + path.string());
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(number_); }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void clone_file(const fs::path& source, const fs::path& target) {
  const Descriptor from(source, O_RDONLY);
  struct stat attributes{};
  if (fstat(from.number(), &attributes) != 0) throw_errno("cannot stat " + source.string());
  const Descriptor to(target, O_WRONLY | O_CREAT | O_EXCL, attributes.st_mode & 0777U);
  if (ioctl(to.number(), FICLONE, from.number()) == 0) return;
  for (auto left = attributes.st_size; left > 0;) {
    const auto copied = copy_file_range(from.number(), nullptr, to.number(), nullptr, static_cast<size_t>(left), 0);
    if (copied < 0 && errno != EINTR) {
      fs::copy_file(source, target, fs::copy_options::overwrite_existing);
      return;
    }
    if (copied == 0) return;
    if (copied > 0) left -= copied;
  }
}

std::vector<std::string> space_options(Flavour flavour) {
  switch (flavour) {
    case Flavour::mariadb:
      return {"--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M", "--innodb-autoextend-increment=1"};
    case Flavour::mysql:
      return {"--innodb-redo-log-capacity=8M", "--innodb-buffer-pool-size=8M", "--innodb-autoextend-increment=1"};
  }
  throw std::logic_error("no such flavour");
}

void append(std::vector<std::string>& to, const std::vector<std::string>& what) {
  to.insert(to.end(), what.begin(), what.end());
}

std::vector<std::string> initialise_command(const DatabasePrograms& programs, const fs::path& data,
                                            const fs::path& statements) {
  std::vector<std::string> command;
  if (!programs.system_tables.empty()) {
    command = {"/bin/sh", "-c", "exec \"$@\" <\"$0\"", statements};
  }
  append(command, programs.install_command.empty() ? programs.command : programs.install_command);
  command.emplace_back("--no-defaults");
  for (const auto& setting : programs.settings) command.push_back("--" + setting);
  command.push_back("--datadir=" + data.string());
  if (geteuid() == 0) command.emplace_back("--user=root");
  switch (programs.flavour) {
    case Flavour::mariadb:
      if (!programs.system_tables.empty()) {
        command.emplace_back("--bootstrap");
        break;
      }
      append(command, {"--auth-root-authentication-method=normal", "--force", "--skip-test-db", "--skip-name-resolve",
                       "--extra-file=" + statements.string()});
      break;
    case Flavour::mysql:
      append(command, {"--initialize-insecure", "--init-file=" + statements.string()});
      break;
  }
  append(command, space_options(programs.flavour));
  return command;
}

// The accounts, after what makes the system tables where that is read from files.
void write_statements(const DatabasePrograms& programs, const fs::path& statements) {
  std::ofstream output(statements);
  if (!programs.system_tables.empty()) output << "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n";
  for (const auto& file : programs.system_tables) {
    output << std::ifstream(file).rdbuf() << '\n';
  }
  output << account_statements(programs.flavour);
  if (!output.flush()) throw std::runtime_error("cannot write " + statements.string());
}

void initialise(const DatabasePrograms& programs, const fs::path& work) {
  const fs::path statements = work / "accounts.sql";
  write_statements(programs, statements);
  if (!programs.system_tables.empty()) fs::create_directory(work / "data");
  const auto command = initialise_command(programs, work / "data", statements);
  run_program({.command = command, .log = work / "initialise.log", .working_directory = work, .environment = {}},
              initialise_deadline);
  // Each copy makes an identity of its own.
  fs::remove(work / "data" / "auto.cnf");
  for (const auto& entry : fs::directory_iterator(work / "data")) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("binlog.")) fs::remove(entry.path());
  }
}

std::string template_name(const DatabasePrograms& programs) {
  std::string recipe = account_statements(programs.flavour);
  for (const auto& word : initialise_command(programs, "data", "accounts.sql")) recipe += word + "\n";
  std::ostringstream name;
  name << to_string(programs.flavour) << '-' << programs.version << '-' << std::hex << std::hash<std::string>{}(recipe);
  return name.str();
}

}  // namespace

fs::path data_template(const DatabasePrograms& programs) {
  const fs::path templates = cache_directory() / "templates";
  const fs::path ready = templates / template_name(programs);
  fs::create_directories(templates);
  const Descriptor lock(templates / (".lock-" + to_string(programs.flavour)), O_RDWR | O_CREAT);
  while (flock(lock.number(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_errno("cannot lock " + templates.string());
  }
  if (fs::exists(ready / "data")) return ready / "data";
  const fs::path work = templates / (".new-" + to_string(programs.flavour));
  fs::remove_all(work);
  fs::create_directories(work);
  fs::permissions(work, fs::perms::owner_all);
  initialise(programs, work);
  fs::rename(work, ready);
  return ready / "data";
}

void copy_directory(const fs::path& source, const fs::path& target) {
  fs::create_directories(target);
  fs::permissions(target, fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(source)) {
    const fs::path to = target / entry.path().filename();
    if (entry.is_directory()) {
      copy_directory(entry.path(), to);
    } else if (entry.is_regular_file()) {
      clone_file(entry.path(), to);
    }
  }
}

}  // namespace sandbox
