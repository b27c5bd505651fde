// Linux namespaces for a test program.
#include "sandbox/private_network.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace sandbox {
namespace {

std::string failure(const std::string& what) {
  return "A private network cannot be made here: " + what + ": " + std::generic_category().message(errno);
}

bool write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  return static_cast<bool>(stream);
}

// Inside a user namespace everybody may be root, of what belongs to that namespace.
std::string enter_namespaces() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (user == 0 && unshare(CLONE_NEWNS | CLONE_NEWNET) == 0) return {};
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0) return failure("namespaces");
  const bool mapped = write_file("/proc/self/setgroups", "deny") &&
                      write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
                      write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  return mapped ? std::string() : failure("user and group of the namespace");
}

bool raise_loopback() {
  const int any_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP;
  const bool raised = ioctl(any_socket, SIOCSIFFLAGS, &request) == 0;
  close(any_socket);
  return raised;
}

bool replace_file(const char* file, const std::filesystem::path& replacement, const std::string& text) {
  return write_file(replacement, text) && mount(replacement.c_str(), file, "none", MS_BIND, nullptr) == 0;
}

}  // namespace

std::string enter_private_network() {
  if (const auto reason = enter_namespaces(); !reason.empty()) return reason;
  if (!raise_loopback()) return failure("loopback");
  // What is mounted here must not be seen outside.
  if (mount("none", "/", "none", MS_REC | MS_PRIVATE, nullptr) != 0) return failure("mounts");
  return {};
}

std::string enter_private_network(const std::string& name_server, const std::filesystem::path& directory) {
  if (const auto reason = enter_private_network(); !reason.empty()) return reason;
  if (!replace_file("/etc/resolv.conf", directory / "resolv.conf", "nameserver " + name_server + "\n")) {
    return failure("/etc/resolv.conf");
  }
  if (!replace_file("/etc/nsswitch.conf", directory / "nsswitch.conf",
                    "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n")) {
    return failure("/etc/nsswitch.conf");
  }
  return {};
}

}  // namespace sandbox
