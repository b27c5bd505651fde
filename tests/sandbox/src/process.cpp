// A child process that never outlives its owner.
#include "sandbox/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "wait_until.hpp"

namespace sandbox {
namespace {

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    if (!added.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

struct Prepared {
  char** arguments;
  char** environment;
  const char* log;
  const char* folder;
  pid_t owner;
  int failure_pipe;
};

// Runs between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Prepared& prepared) {
  const auto fail = [&prepared] {
    const int error = errno;
    [[maybe_unused]] const auto written = write(prepared.failure_pipe, &error, sizeof error);
    _exit(127);
  };
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != prepared.owner) _exit(127);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int input = open("/dev/null", O_RDONLY);
  const int output = open(prepared.log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (input < 0 || output < 0) fail();
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  // A server that inherits a client's socket keeps that connection open after the client is gone.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (prepared.folder != nullptr && chdir(prepared.folder) != 0) fail();
  execve(prepared.arguments[0], prepared.arguments, prepared.environment);
  fail();
  _exit(127);
}

}  // namespace

Process::Process(const ProcessOptions& options) {
  auto command = options.command;
  auto environment = merged_environment(options.environment);
  const auto argument_pointers = pointers(command);
  const auto environment_pointers = pointers(environment);
  const std::string log = options.log.empty() ? "/dev/null" : options.log.string();
  const std::string folder = options.working_directory.string();
  std::array<int, 2> failure{};
  if (pipe2(failure.data(), O_CLOEXEC) != 0) throw_errno("pipe");
  const Prepared prepared{const_cast<char**>(argument_pointers.data()),
                          const_cast<char**>(environment_pointers.data()),
                          log.c_str(),
                          folder.empty() ? nullptr : folder.c_str(),
                          getpid(),
                          failure[1]};
  pid_ = fork();
  if (pid_ == 0) become(prepared);
  const int fork_error = errno;
  close(failure[1]);
  int error = 0;
  const bool failed = pid_ > 0 && read(failure[0], &error, sizeof error) == sizeof error;
  close(failure[0]);
  if (pid_ < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  if (failed) {
    kill();
    throw std::system_error(error, std::generic_category(), "cannot start " + options.command.front());
  }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  kill();
  pid_ = std::exchange(other.pid_, -1);
  status_ = std::exchange(other.status_, std::nullopt);
  return *this;
}

Process::~Process() {
  kill();
}

void Process::signal(int number) {
  if (pid_ > 0 && !status_) ::kill(-pid_, number);
}

void Process::freeze() {
  if (pid_ <= 0 || status_) return;
  ::kill(-pid_, SIGSTOP);
  siginfo_t state{};
  // An end is left for ended() to reap.
  while (waitid(P_PID, static_cast<id_t>(pid_), &state, WSTOPPED | WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
}

std::optional<int> Process::ended() {
  if (pid_ <= 0 || status_) return status_;
  int status = 0;
  pid_t reaped = -1;
  do {
    reaped = waitpid(pid_, &status, WNOHANG);
  } while (reaped < 0 && errno == EINTR);
  if (reaped == pid_) status_ = status;
  return status_;
}

void Process::kill() {
  if (pid_ <= 0 || ended()) return;
  ::kill(pid_, SIGKILL);
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = status;
}

int Process::stop(std::chrono::milliseconds deadline) {
  signal(SIGCONT);
  signal(SIGTERM);
  if (!support::wait_until([this] { return ended().has_value(); }, deadline)) kill();
  return status_.value_or(0);
}

void run_program(const ProcessOptions& options, std::chrono::milliseconds deadline) {
  Process process(options);
  const bool in_time = support::wait_until([&process] { return process.ended().has_value(); }, deadline);
  const int status = in_time ? *process.ended() : 0;
  if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  throw std::runtime_error(options.command.front() + (in_time ? " failed:\n" : " took too long:\n") +
                           last_lines(options.log, 20));
}

std::string last_lines(const std::filesystem::path& file, std::size_t count) {
  std::ifstream input(file);
  std::deque<std::string> lines;
  for (std::string line; std::getline(input, line);) {
    lines.push_back(line);
    if (lines.size() > count) lines.pop_front();
  }
  std::string result;
  for (const auto& line : lines) result += line + "\n";
  return result;
}

}  // namespace sandbox
