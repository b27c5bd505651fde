// Free ports that stay ours.
#pragma once

#include <cstdint>

namespace sandbox {

// A TCP port of this machine that no other lease has, in whatever process, until the destructor. It lies below the
// kernel's ephemeral range, so a server can be stopped and started again on it without an outgoing connection having
// taken it in between. Nothing listens on it: the server that it is meant for will.
class PortLease {
 public:
  PortLease();
  PortLease(PortLease&& other) noexcept;
  PortLease& operator=(PortLease&& other) noexcept;
  ~PortLease();

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int guard_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace sandbox
