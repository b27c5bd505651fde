// A network of the test program alone, where it decides who answers name look-ups.
#pragma once

#include <filesystem>
#include <string>

namespace sandbox {

// Puts the calling thread, and with it every thread and process it starts from now on, into namespaces of its own: the
// only network is loopback (all of 127.0.0.0/8), and name look-ups ask /etc/hosts, then the name server at this
// address. Two files that take the place of the system's go into the directory. It cannot be undone; to be called once,
// before other threads exist. As root it needs the right to make namespaces, as another user that user namespaces are
// allowed. Empty, or the reason why this machine does not let it.
[[nodiscard]] std::string enter_private_network(const std::string& name_server, const std::filesystem::path& directory);

// Likewise, with the system's name look-ups; what is mounted from now on is seen by this program and its children only.
[[nodiscard]] std::string enter_private_network();

}  // namespace sandbox
