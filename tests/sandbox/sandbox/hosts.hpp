// Hosts with networks of their own, whose packets to each other can be lost.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace sandbox {

// Every pair of hosts has a cable (a veth pair) between two network namespaces. A packet that is to be lost goes to a
// link address that nobody has, so it leaves and never arrives: no reset, no ICMP, no error for the sender, and TCP
// goes on repeating it. To be made in a private network (enter_private_network), by the thread that starts the
// processes. Throws std::system_error. Not thread-safe.
class Hosts {
 public:
  explicit Hosts(std::size_t count);
  Hosts(const Hosts&) = delete;
  Hosts& operator=(const Hosts&) = delete;
  ~Hosts();

  [[nodiscard]] std::size_t count() const { return hosts_.size(); }
  [[nodiscard]] static std::string address(std::size_t host);

  // Whatever the first sends to the second is lost from now on; the other direction stays as it is.
  void lose(std::size_t from, std::size_t to);
  void deliver(std::size_t from, std::size_t to);

  // Processes that the calling thread starts while this lives are on that host.
  class Visit {
   public:
    Visit(const Hosts& hosts, std::size_t host);
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit();

   private:
    int home_ = -1;
  };

 private:
  struct Host {
    int network = -1;  // the namespace
    int socket = -1;   // in it
  };

  void plug(std::size_t host, std::size_t other);
  void point(std::size_t from, std::size_t to, const std::array<unsigned char, 6>& link);

  std::vector<Host> hosts_;
};

}  // namespace sandbox
