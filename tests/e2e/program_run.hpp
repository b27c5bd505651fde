// Runs one of the project's programs to its end and keeps what it said.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace e2e {

struct ProgramRun {
  int exit_status = -1;  // -1: ended by a signal, or not within the time limit
  std::string output;
  std::string errors;
  std::chrono::milliseconds duration{0};
};

struct ProgramCall {
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::chrono::milliseconds limit{20'000};
};

[[nodiscard]] ProgramRun run(const ProgramCall& call);

// Where the build put a program: program("orchestrator").
[[nodiscard]] std::string program(const std::string& name);

}  // namespace e2e
