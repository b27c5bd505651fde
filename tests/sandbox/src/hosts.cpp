// Network namespaces, the cables between them, and where packets are sent on them.
#include "sandbox/hosts.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace sandbox {
namespace {

using LinkAddress = std::array<unsigned char, 6>;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int own_network() {
  const int network = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (network < 0) throw_errno("network namespace");
  return network;
}

void enter(int network) {
  if (setns(network, CLONE_NEWNET) != 0) throw_errno("entering a network namespace");
}

// The end of the cable to another host is called after that host.
std::string cable_end(std::size_t to) {
  return "to" + std::to_string(to);
}

LinkAddress link_address(std::size_t host, std::size_t to) {
  return {0x02, 0, 0, 0, static_cast<unsigned char>(host), static_cast<unsigned char>(to)};
}

constexpr LinkAddress nobody{0x02, 0xff, 0xff, 0xff, 0xff, 0xff};

// A request to the kernel's rtnetlink, put together attribute by attribute.
class LinkRequest {
 public:
  LinkRequest() {
    append_raw(nlmsghdr{});
    append_raw(ifinfomsg{});
  }

  template <class T>
  void append_raw(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    bytes_.resize((bytes_.size() + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO);
  }

  void attribute(unsigned short type, std::string_view value) {
    const std::size_t start = open_attribute(type);
    bytes_.append(value);
    close_attribute(start);
  }

  [[nodiscard]] std::size_t open_attribute(unsigned short type) {
    const std::size_t start = bytes_.size();
    append_raw(rtattr{.rta_len = 0, .rta_type = type});
    return start;
  }

  void close_attribute(std::size_t start) {
    const auto size = static_cast<unsigned short>(bytes_.size() - start);
    std::memcpy(bytes_.data() + start + offsetof(rtattr, rta_len), &size, sizeof size);
    bytes_.resize((bytes_.size() + RTA_ALIGNTO - 1) / RTA_ALIGNTO * RTA_ALIGNTO);
  }

  void send() {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
    header.nlmsg_type = RTM_NEWLINK;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    std::memcpy(bytes_.data(), &header, sizeof header);
    const int link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    const bool sent = link >= 0 && ::send(link, bytes_.data(), bytes_.size(), 0) >= 0;
    struct Reply {
      nlmsghdr header;
      nlmsgerr error;
    };
    std::array<char, 4096> buffer{};
    const ssize_t size = sent ? recv(link, buffer.data(), buffer.size(), 0) : -1;
    const int error = errno;
    if (link >= 0) close(link);
    errno = error;
    if (size < static_cast<ssize_t>(sizeof(Reply))) throw_errno("rtnetlink");
    Reply reply{};
    std::memcpy(&reply, buffer.data(), sizeof reply);
    errno = -reply.error.error;
    if (errno != 0) throw_errno("a cable between network namespaces");
  }

 private:
  std::string bytes_;
};

std::string_view view(const LinkAddress& address) {
  return {reinterpret_cast<const char*>(address.data()), address.size()};
}

// From the namespace of the calling thread to the other one.
void make_cable(std::size_t host, std::size_t other, int other_network) {
  const std::string name = cable_end(other) + '\0';
  const std::string peer_name = cable_end(host) + '\0';
  LinkRequest request;
  request.attribute(IFLA_IFNAME, name);
  request.attribute(IFLA_ADDRESS, view(link_address(host, other)));
  const std::size_t info = request.open_attribute(IFLA_LINKINFO);
  request.attribute(IFLA_INFO_KIND, "veth");
  const std::size_t data = request.open_attribute(IFLA_INFO_DATA);
  const std::size_t peer = request.open_attribute(VETH_INFO_PEER);
  request.append_raw(ifinfomsg{});
  request.attribute(IFLA_IFNAME, peer_name);
  request.attribute(IFLA_ADDRESS, view(link_address(other, host)));
  request.attribute(IFLA_NET_NS_FD, {reinterpret_cast<const char*>(&other_network), sizeof other_network});
  request.close_attribute(peer);
  request.close_attribute(data);
  request.close_attribute(info);
  request.send();
}

void store(sockaddr& target, const std::string& address) {
  sockaddr_in inet{};
  inet.sin_family = AF_INET;
  inet_pton(AF_INET, address.c_str(), &inet.sin_addr);
  std::memcpy(&target, &inet, sizeof inet);
}

void name(char* target, const std::string& interface) {
  std::strncpy(target, interface.c_str(), IFNAMSIZ - 1);
}

void command(int socket, unsigned long request, const ifreq& argument) {
  if (ioctl(socket, request, &argument) != 0) throw_errno("configuring a network interface");
}

void raise(int socket, const std::string& interface) {
  ifreq request{};
  name(request.ifr_name, interface);
  request.ifr_flags = IFF_UP;
  command(socket, SIOCSIFFLAGS, request);
}

}  // namespace

std::string Hosts::address(std::size_t host) {
  return "10.77.0." + std::to_string(host + 1);
}

Hosts::Hosts(std::size_t count) {
  const int home = own_network();
  for (std::size_t i = 0; i < count; ++i) {
    if (unshare(CLONE_NEWNET) != 0) throw_errno("a network namespace");
    hosts_.push_back({own_network(), socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)});
    raise(hosts_.back().socket, "lo");
    for (std::size_t other = 0; other < i; ++other) make_cable(i, other, hosts_[other].network);
  }
  enter(home);
  close(home);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t other = 0; other < count; ++other) {
      if (other != i) plug(i, other);
    }
  }
}

Hosts::~Hosts() {
  for (const Host& host : hosts_) {
    close(host.socket);
    close(host.network);
  }
}

// The own address and the way to the other host, on the cable between them.
void Hosts::plug(std::size_t host, std::size_t other) {
  const int socket = hosts_[host].socket;
  std::string interface = cable_end(other);
  ifreq request{};
  name(request.ifr_name, interface);
  store(request.ifr_addr, address(host));
  command(socket, SIOCSIFADDR, request);
  store(request.ifr_netmask, "255.255.255.255");
  command(socket, SIOCSIFNETMASK, request);
  raise(socket, interface);
  rtentry route{};
  store(route.rt_dst, address(other));
  route.rt_flags = RTF_UP | RTF_HOST;
  route.rt_dev = interface.data();
  if (ioctl(socket, SIOCADDRT, &route) != 0) throw_errno("a route");
  deliver(host, other);
}

void Hosts::lose(std::size_t from, std::size_t to) {
  point(from, to, nobody);
}

void Hosts::deliver(std::size_t from, std::size_t to) {
  point(from, to, link_address(to, from));
}

void Hosts::point(std::size_t from, std::size_t to, const std::array<unsigned char, 6>& link) {
  arpreq request{};
  store(request.arp_pa, address(to));
  request.arp_ha.sa_family = ARPHRD_ETHER;
  std::memcpy(request.arp_ha.sa_data, link.data(), link.size());
  request.arp_flags = ATF_COM | ATF_PERM;
  name(request.arp_dev, cable_end(to));
  if (ioctl(hosts_[from].socket, SIOCSARP, &request) != 0) throw_errno("a link address");
}

Hosts::Visit::Visit(const Hosts& hosts, std::size_t host) : home_(own_network()) {
  enter(hosts.hosts_[host].network);
}

Hosts::Visit::~Visit() {
  [[maybe_unused]] const int left = setns(home_, CLONE_NEWNET);
  close(home_);
}

}  // namespace sandbox
