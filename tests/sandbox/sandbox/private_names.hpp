// The beginning of every test program that has names of its own.
#pragma once

#include "sandbox/name_server.hpp"
#include "sandbox/private_network.hpp"
#include "sandbox/temporary_directory.hpp"

namespace sandbox {

// The name server of this program, in a network that only this program sees; the records are those of the first call,
// which must come before other threads exist. Skips the program where that cannot be.
inline NameServer& private_names(const NameRecords& records) {
  static const TemporaryDirectory directory;
  static NameServer server = [&] {
    const auto program = found_or_skip(find_name_server());
    const auto refused = enter_private_network(name_server_address, directory.path());
    if (!refused.empty()) skip_test_program(refused);
    return NameServer(program, records, directory.path());
  }();
  return server;
}

}  // namespace sandbox
