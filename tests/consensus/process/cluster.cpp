// Members as processes.
#include "cluster.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>
#include <vector>

#include "wait_until.hpp"

namespace consensus_test {

using namespace std::chrono_literals;

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
  const timeval patience{.tv_sec = 3, .tv_usec = 0};
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

Cluster::Cluster(std::uint64_t seed) : random_(seed) {
  for (std::size_t i = 0; i < cluster_size; ++i) start(i);
}

std::filesystem::path Cluster::folder(std::size_t member) const {
  return directory_.path() / ("m" + std::to_string(member));
}

std::filesystem::path Cluster::socket(std::size_t member) const {
  return directory_.path() / ("s" + std::to_string(member));
}

std::string Cluster::address(std::size_t member) const {
  return "127.0.0.1:" + std::to_string(members_[member].port.port());
}

// The first one founds the group when it is started for the first time; whoever is blank later joins.
void Cluster::start(std::size_t member) {
  Member& one = members_[member];
  sandbox::ProcessOptions options;
  options.command = {LIST_MEMBER, "m" + std::to_string(member), folder(member).string(), address(member),
                     socket(member).string()};
  if (member != 0 || one.founded) {
    for (std::size_t other = 0; other < cluster_size; ++other) {
      if (other != member) options.command.push_back(address(other));
    }
  }
  one.founded = true;
  options.log = directory_.path() / ("log" + std::to_string(member));
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

void Cluster::restart_ended() {
  for (std::size_t i = 0; i < cluster_size; ++i) {
    const std::optional<int> status = members_[i].process->ended();
    if (!status) continue;
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 4) wipe(i);
    start(i);
  }
}

bool Cluster::settle() {
  return support::wait_until(
      [this] {
        restart_ended();
        for (std::size_t i = 0; i < cluster_size; ++i) {
          LineClient client(socket(i));
          const auto status = client.ask("status");
          if (!status || !status->ends_with(" settled")) return false;
        }
        return true;
      },
      40s, 20ms);
}

std::size_t Cluster::leader() {
  for (std::size_t i = 0; i < cluster_size; ++i) {
    LineClient client(socket(i));
    const auto status = client.ask("status");
    if (status && status->starts_with("ok leader")) return i;
  }
  return random_member();
}

std::string Cluster::logs() const {
  std::string text;
  for (std::size_t i = 0; i < cluster_size; ++i) {
    text += "m" + std::to_string(i) + ":\n" + sandbox::last_lines(directory_.path() / ("log" + std::to_string(i)), 8);
  }
  return text;
}

}  // namespace consensus_test
