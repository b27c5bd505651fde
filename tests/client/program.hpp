// Runs the client's program as a user does.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace client_test {

struct Finished {
  int exit_status = -1;  // -1 when a signal or the test's limit of 20 seconds ended it
  std::string output;
  std::string errors;
  std::chrono::milliseconds took{0};
  pid_t process = -1;
};

enum class StandardOutput { captured, full_disk, closed_pipe };

struct Invocation {
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {};  // NAME=value; nothing else is inherited
  StandardOutput output = StandardOutput::captured;
};

// A running client; killed at destruction, and when the test dies.
class Program {
 public:
  explicit Program(const Invocation& invocation);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t process() const { return process_; }
  Finished wait();

 private:
  pid_t process_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::chrono::steady_clock::time_point start_;
};

inline Finished run(const Invocation& invocation) {
  return Program(invocation).wait();
}

// What the client itself says: its prefix, the text and a newline.
std::string complaint(const Finished& finished, const std::string& text);

}  // namespace client_test
