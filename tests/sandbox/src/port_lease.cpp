// Free ports that stay ours.
#include "sandbox/port_lease.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace sandbox {
namespace {

constexpr unsigned first_port = 15000;

unsigned end_of_range() {
  unsigned lowest_ephemeral = 32768;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> lowest_ephemeral;
  return lowest_ephemeral > first_port + 1000 ? lowest_ephemeral : 32768;
}

// The guard is a socket in Linux's abstract namespace: one owner at a time, no file, gone with its owner.
int take_guard(unsigned port) {
  const std::string name = "orchestrator-sandbox-port-" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path[1], name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int guard = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (guard >= 0 && bind(guard, reinterpret_cast<const sockaddr*>(&address), length) == 0) return guard;
  if (guard >= 0) close(guard);
  return -1;
}

bool is_free(unsigned port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const bool bound = bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(listener);
  return bound;
}

}  // namespace

PortLease::PortLease() {
  const unsigned count = end_of_range() - first_port;
  const unsigned start = std::random_device{}() % count;
  for (unsigned tried = 0; tried < count; ++tried) {
    const unsigned candidate = first_port + (start + tried) % count;
    guard_ = take_guard(candidate);
    if (guard_ < 0) continue;
    if (is_free(candidate)) {
      port_ = static_cast<std::uint16_t>(candidate);
      return;
    }
    close(std::exchange(guard_, -1));
  }
  throw std::runtime_error("no free TCP port");
}

PortLease::PortLease(PortLease&& other) noexcept
    : guard_(std::exchange(other.guard_, -1)), port_(std::exchange(other.port_, std::uint16_t{0})) {}

PortLease& PortLease::operator=(PortLease&& other) noexcept {
  std::swap(guard_, other.guard_);
  std::swap(port_, other.port_);
  return *this;
}

PortLease::~PortLease() {
  if (guard_ >= 0) close(guard_);
}

}  // namespace sandbox
