// A child process that never outlives its owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct ProcessOptions {
  std::vector<std::string> command;
  std::filesystem::path log;  // takes both outputs, appended; empty: they go to /dev/null
  std::filesystem::path working_directory;
  std::map<std::string, std::string> environment;  // added to the own environment
};

// A running program in a process group of its own (a Ctrl-C at the terminal reaches only its owner), with standard
// input from /dev/null. The destructor kills and reaps it; if the owner dies in whatever way, the kernel kills it.
// The kernel does that when the *thread* that started it ends: start processes from a thread that outlives them.
// Not thread-safe. Throws std::system_error when the program cannot be started.
class Process {
 public:
  explicit Process(const ProcessOptions& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Sends a signal to the program's process group; nothing happens when it is gone.
  void signal(int number);

  // SIGSTOP; returns when every thread has stopped, or the process has ended.
  void freeze();

  // The wait status (see wait(2)) once it has ended.
  [[nodiscard]] std::optional<int> ended();

  // SIGKILL, then reaps.
  void kill();

  // SIGTERM (after SIGCONT), then SIGKILL when the deadline has passed. Returns the wait status.
  int stop(std::chrono::milliseconds deadline);

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// Runs a program to its end. Throws std::runtime_error with the end of its output when it fails or takes longer.
void run_program(const ProcessOptions& options, std::chrono::milliseconds deadline);

// The last lines of a text file; empty when it cannot be read.
[[nodiscard]] std::string last_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace sandbox
