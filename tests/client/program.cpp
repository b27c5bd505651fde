// Starts, reads and ends one client process.
#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace client_test {
namespace {

constexpr std::chrono::seconds limit{20};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return ends;
}

// Appends what there is; false at the end.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && errno == EINTR);
}

}  // namespace

Program::Program(const Invocation& invocation) : start_(std::chrono::steady_clock::now()) {
  std::vector<std::string> arguments{CLIENT_PROGRAM};
  arguments.insert(arguments.end(), invocation.arguments.begin(), invocation.arguments.end());
  std::vector<std::string> environment{"ORCHESTRATOR_CLIENT_PROFILE=/nonexistent"};
  environment.insert(environment.begin(), invocation.environment.begin(), invocation.environment.end());
  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  auto output = make_pipe();
  auto errors = make_pipe();
  if (invocation.output == StandardOutput::full_disk) {
    ::close(output[1]);
    output[1] = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  }
  if (invocation.output == StandardOutput::closed_pipe) {
    ::close(output[0]);
    output[0] = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("fork");
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(errors[1], STDERR_FILENO);
    ::execve(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
}

Program::~Program() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

Finished Program::wait() {
  Finished finished;
  finished.process = process_;
  std::array<pollfd, 2> waiting{pollfd{output_, POLLIN, 0}, pollfd{errors_, POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(start_ + limit - std::chrono::steady_clock::now());
    if (left.count() <= 0) return finished;
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) return finished;
    if (waiting[0].revents != 0 && !read_some(output_, finished.output)) waiting[0].fd = -1;
    if (waiting[1].revents != 0 && !read_some(errors_, finished.errors)) waiting[1].fd = -1;
  }
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  if (WIFEXITED(status)) finished.exit_status = WEXITSTATUS(status);
  finished.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  return finished;
}

std::string complaint(const Finished& finished, const std::string& text) {
  return "orchestrator-client[" + std::to_string(finished.process) + "]: " + text + "\n";
}

}  // namespace client_test
