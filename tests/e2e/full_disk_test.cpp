// A full disk under the state: said, survived, and everything recorded once there is room again.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Mounts a small file system in a mount namespace of the server's own.
std::vector<std::string> on_small_disk(const std::filesystem::path& directory) {
  return {"/usr/bin/env",    "unshare", "-m", "sh", "-c", R"(mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@")",
          directory.string()};
}

bool can_mount() {
  return geteuid() == 0 &&
         e2e::run({.command = {"unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"}, .environment = {}})
                 .exit_status == 0;
}

void fill(const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary);
  const std::string block(4096, 'f');
  while (stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

}  // namespace

TEST_CASE("what cannot be recorded on a full disk is said, kept, and recorded later") {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  if (!can_mount()) {
    sandbox::skip_test_program("a small file system can only be mounted by root");
  }
  auto layout = sandbox::star(2);
  layout.flavour = sandbox::Flavour::mariadb;
  sandbox::Topology topology(layout);
  RunningServer server;
  const auto disk = server.directory() / "disk";
  std::filesystem::create_directory(disk);
  server.configure({{"SQLite3DataFile", "\"" + (disk / "state.sqlite3").string() + "\""}});
  server.start(on_small_disk(disk));
  const auto seen_by_server = std::filesystem::path("/proc/" + std::to_string(server.pid()) + "/root");
  const auto filler = seen_by_server / disk.relative_path() / "filler";
  fill(filler);

  const auto discovered = server.client({"-c", "discover", "-i", topology.master().endpoint()});
  CHECK(discovered.exit_status == 1);
  CHECK(contains(discovered.errors, "cannot be recorded"));
  CHECK(contains(server.get("health").body, "state.sqlite3"));
  // The picture does not depend on the disk.
  CHECK(support::wait_until(
      [&] {
        return contains(server.client({"-c", "topology", "-i", topology.master().endpoint()}).output,
                        "+ " + topology.at("node2").endpoint());
      },
      10s));
  CHECK(server.get("health").status == 500);
  CHECK(contains(server.log(), "cannot be recorded"));

  std::filesystem::remove(filler);
  CHECK(support::wait_until([&] { return server.get("health").status == 200; }, 40s));
  CHECK(server.answer({"-c", "discover", "-i", topology.master().endpoint()}) == topology.master().endpoint() + "\n");
}
