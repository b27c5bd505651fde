// A real DNS server with a few names.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/process.hpp"
#include "sandbox/programs.hpp"

namespace sandbox {

inline constexpr const char* name_server_address = "127.0.0.53";

struct NameRecords {
  struct Host {
    std::string name;
    std::string address;
  };
  struct Alias {
    std::string name;
    std::string target;  // one of the hosts
  };
  std::vector<Host> hosts{};
  std::vector<Alias> aliases{};
};

// dnsmasq at port 53 of name_server_address: enter_private_network() first. It says of every other name below "example"
// that it does not exist. Answers when the constructor returns; killed by the destructor. Throws std::runtime_error
// with the end of its log. See Process about the calling thread.
class NameServer {
 public:
  NameServer(const NameServerProgram& program, const NameRecords& records, const std::filesystem::path& directory);

  // From then on look-ups wait for an answer that does not come.
  void freeze() { process_->freeze(); }
  void thaw();

 private:
  std::optional<Process> process_;
};

}  // namespace sandbox
