// Members as processes.
#include "cluster.hpp"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>

#include "wait_until.hpp"

namespace consensus_test {

using namespace std::chrono_literals;

namespace {

constexpr const char* burden_command = "burden 30000";

}  // namespace

LineClient::~LineClient() {
  close();
}

void LineClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  received_.clear();
}

bool LineClient::connected() {
  if (socket_ >= 0) return true;
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  close();
  return false;
}

std::optional<std::string> LineClient::ask(const std::string& line) {
  if (!connected()) return std::nullopt;
  const std::string whole = line + '\n';
  if (::send(socket_, whole.data(), whole.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(whole.size())) {
    close();
    return std::nullopt;
  }
  for (;;) {
    const std::size_t end = received_.find('\n');
    if (end != std::string::npos) {
      std::string answer = received_.substr(0, end);
      received_.erase(0, end + 1);
      return answer;
    }
    std::array<char, 4096> piece{};
    const ssize_t size = ::recv(socket_, piece.data(), piece.size(), 0);
    if (size <= 0) {
      close();
      return std::nullopt;
    }
    received_.append(piece.data(), static_cast<std::size_t>(size));
  }
}

Cluster::Cluster(const ClusterOptions& options) : options_(options), random_(options.seed), members_(options.members) {
  for (std::size_t i = 0; i < size(); ++i) {
    std::filesystem::create_directory(disk(i));
    const std::string limits = "mode=0700,size=" + std::to_string(options_.disk_bytes);
    if (options_.disk_bytes > 0 && ::mount("tmpfs", disk(i).c_str(), "tmpfs", 0, limits.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(), "mounting a small file system");
    }
    start(i);
  }
}

Cluster::~Cluster() {
  for (std::size_t i = 0; i < size(); ++i) {
    if (members_[i].process) members_[i].process->kill();
    if (options_.disk_bytes > 0) ::umount2(disk(i).c_str(), MNT_DETACH);
  }
}

std::filesystem::path Cluster::disk(std::size_t member) const {
  return directory_.path() / ("m" + std::to_string(member));
}

std::filesystem::path Cluster::folder(std::size_t member) const {
  return disk(member) / "data";
}

std::filesystem::path Cluster::socket(std::size_t member) const {
  return directory_.path() / ("s" + std::to_string(member));
}

std::string Cluster::address(std::size_t member) const {
  const std::string host = options_.hosts == nullptr ? "127.0.0.1" : sandbox::Hosts::address(member);
  return host + ':' + std::to_string(members_[member].port.port());
}

// The first one founds the group when it is started for the first time; whoever is blank later joins.
void Cluster::start(std::size_t member) {
  Member& one = members_[member];
  sandbox::ProcessOptions options;
  options.command = {LIST_MEMBER, "m" + std::to_string(member), folder(member).string(), address(member),
                     socket(member).string()};
  if (member != 0 || one.founded) {
    for (std::size_t other = 0; other < size(); ++other) {
      if (other != member) options.command.push_back(address(other));
    }
  }
  one.founded = true;
  options.log = directory_.path() / ("log" + std::to_string(member));
  std::optional<sandbox::Hosts::Visit> visit;
  if (options_.hosts != nullptr) visit.emplace(*options_.hosts, member);
  one.process.emplace(options);
}

void Cluster::kill(std::size_t member) {
  members_[member].process->kill();
}

void Cluster::thaw(std::size_t member) {
  members_[member].process->signal(SIGCONT);
}

void Cluster::wipe(std::size_t member) {
  std::filesystem::remove_all(folder(member));
}

void Cluster::spoil(std::size_t member) {
  const std::filesystem::path database = folder(member) / "log.db";
  const std::filesystem::path wal = database.string() + "-wal";
  const bool has_wal = std::filesystem::exists(wal) && std::filesystem::file_size(wal) > 0;
  const std::filesystem::path& file = has_wal && random_() % 2 == 0 ? wal : database;
  const std::uint64_t size = std::filesystem::file_size(file);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  for (int flips = 0; flips < 3; ++flips) {
    const auto at = static_cast<std::streamoff>(random_() % size);
    stream.seekg(at);
    const int byte = stream.get();
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ (1 << (random_() % 8))));
  }
}

void Cluster::fill(std::size_t member) {
  std::ofstream ballast(disk(member) / "ballast", std::ios::binary | std::ios::app);
  const std::string block(4096, 'b');
  while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

void Cluster::make_room(std::size_t member) {
  std::filesystem::remove(disk(member) / "ballast");
}

void Cluster::restart_ended() {
  for (std::size_t i = 0; i < size(); ++i) {
    const std::optional<int> status = members_[i].process->ended();
    if (!status) continue;
    ++restarts_;
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 4) wipe(i);
    start(i);
  }
}

bool Cluster::settle() {
  return support::wait_until(
      [this] {
        restart_ended();
        for (std::size_t i = 0; i < size(); ++i) {
          LineClient client(socket(i));
          const auto status = client.ask("status");
          if (!status || !status->ends_with(" settled")) return false;
          if (!client.ask("read k0").value_or("no").starts_with("ok")) return false;
        }
        return true;
      },
      40s, 20ms);
}

std::size_t Cluster::leader() {
  for (std::size_t i = 0; i < size(); ++i) {
    LineClient client(socket(i));
    const auto status = client.ask("status");
    if (status && status->starts_with("ok leader")) return i;
  }
  return random_member();
}

bool Cluster::leads_among(const std::vector<std::size_t>& members) {
  return support::wait_until(
      [&] {
        return std::any_of(members.begin(), members.end(), [this](std::size_t member) {
          return LineClient(socket(member)).ask("status").value_or("").starts_with("ok leader");
        });
      },
      20s, 20ms);
}

bool Cluster::answers(std::size_t member, const std::function<bool(const std::string&)>& is_wanted) {
  return support::wait_until(
      [&] {
        const auto answer = LineClient(socket(member)).ask(burden_command);
        return answer && is_wanted(*answer);
      },
      20s);
}

void Cluster::burden(std::size_t member, int commands) {
  LineClient line(socket(member));
  for (int i = 0; i < commands; ++i) (void)line.ask(burden_command);
}

bool Cluster::refuses_writes() {
  return support::wait_until(
      [this] {
        for (std::size_t i = 0; i < size(); ++i) {
          if (LineClient(socket(i)).ask(burden_command).value_or("no").starts_with("ok")) return false;
        }
        return true;
      },
      20s);
}

std::string Cluster::logs() const {
  std::string text;
  for (std::size_t i = 0; i < size(); ++i) {
    text += "m" + std::to_string(i) + ":\n" + sandbox::last_lines(directory_.path() / ("log" + std::to_string(i)), 8);
  }
  return text;
}

}  // namespace consensus_test
