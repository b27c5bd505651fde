// Starts a program through a shell that keeps its two outputs apart.
#include "program_run.hpp"

#include <sys/wait.h>

#include <fstream>
#include <sstream>

#include "sandbox/process.hpp"
#include "sandbox/temporary_directory.hpp"
#include "wait_until.hpp"

namespace e2e {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

ProgramRun run(const ProgramCall& call) {
  const sandbox::TemporaryDirectory directory;
  const auto out = directory.path() / "out";
  const auto err = directory.path() / "err";
  sandbox::ProcessOptions options;
  options.command = {"/bin/sh", "-c", R"(exec "$@" >"$RUN_OUT" 2>"$RUN_ERR")", "sh"};
  options.command.insert(options.command.end(), call.command.begin(), call.command.end());
  options.environment = call.environment;
  options.environment["RUN_OUT"] = out.string();
  options.environment["RUN_ERR"] = err.string();
  const auto start = std::chrono::steady_clock::now();
  sandbox::Process process(options);
  std::optional<int> status;
  const auto ended = [&] {
    status = process.ended();
    return status.has_value();
  };
  static_cast<void>(support::wait_until(ended, call.limit, std::chrono::milliseconds(2)));
  ProgramRun result;
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  if (status && WIFEXITED(*status)) {
    result.exit_status = WEXITSTATUS(*status);
  }
  process.kill();
  result.output = content(out);
  result.errors = content(err);
  return result;
}

std::string program(const std::string& name) {
  return std::string(ORCHESTRATOR_PROGRAMS) + "/" + name;
}

}  // namespace e2e
