// One member of a benchmarked group: a child process that is told what to do, line by line.
#include "member_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace consensus_bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

// Runs between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int input, int output, pid_t owner) {
  setpgid(0, 0);  // a Ctrl-C at the terminal reaches only the owner
  ::signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == owner && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0) {
    execv(arguments[0], arguments);
  }
  _exit(127);
}

}  // namespace

Reply::Reply(std::string_view line) : line_(line) {
  std::istringstream words(line_);
  words >> word_;
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (equals != std::string::npos) {
      numbers_[word.substr(0, equals)] = std::strtod(word.c_str() + equals + 1, nullptr);
    } else if (!time_) {
      std::int64_t time = 0;
      if (std::from_chars(word.data(), word.data() + word.size(), time).ec == std::errc()) time_ = time;
    }
  }
}

double Reply::number(const std::string& name) const {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) fail("no " + name + " in: " + line_);
  return found->second;
}

std::int64_t Reply::time() const {
  if (!time_) fail("no time in: " + line_);
  return *time_;
}

MemberProcess::MemberProcess(std::vector<std::string> command) : command_(std::move(command)) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0) fail("pipe: no descriptors");
  std::vector<char*> arguments;
  for (std::string& word : command_) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t owner = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), input[0], output[1], owner);
  close(input[0]);
  close(output[1]);
  to_ = input[1];
  from_ = output[0];
  if (pid_ < 0) fail(std::string("fork: ") + std::strerror(errno));
}

MemberProcess::~MemberProcess() {
  kill();
  close(to_);
  close(from_);
}

std::string MemberProcess::name() const {
  std::string text;
  for (const std::string& word : command_) text += (text.empty() ? "" : " ") + word;
  return text;
}

void MemberProcess::tell(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    fail("cannot tell \"" + std::string(line) + "\" to " + name() + ": " + std::strerror(errno));
  }
}

bool MemberProcess::read_some(std::chrono::milliseconds wait) {
  pollfd ready{from_, POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(wait.count(), 0))) <= 0) return true;
  std::array<char, 4096> buffer{};
  const ssize_t size = read(from_, buffer.data(), buffer.size());
  if (size <= 0) return false;
  rest_.append(buffer.data(), static_cast<std::size_t>(size));
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
    replies_.emplace_back(std::string_view(rest_).substr(0, end));
    rest_.erase(0, end + 1);
  }
  return true;
}

std::optional<Reply> MemberProcess::take(std::string_view word) {
  read_some(std::chrono::milliseconds(0));
  const auto found = std::find_if(replies_.begin(), replies_.end(), [&](const Reply& r) { return r.word() == word; });
  if (found == replies_.end()) return std::nullopt;
  Reply reply = std::move(*found);
  replies_.erase(found);
  return reply;
}

Reply MemberProcess::expect(std::string_view word, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  while (true) {
    if (auto reply = take(word)) return std::move(*reply);
    if (auto failed = take("failed")) fail(failed->line() + ": " + name());
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) fail("no \"" + std::string(word) + "\" from " + name());
    if (!read_some(left)) fail("has ended: " + name());
  }
}

Reply MemberProcess::ask(std::string_view line, std::string_view word, std::chrono::milliseconds patience) {
  tell(line);
  return expect(word, patience);
}

void MemberProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

void MemberProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void MemberProcess::quit() {
  if (pid_ <= 0) return;
  tell("quit");
  const auto end = Clock::now() + std::chrono::seconds(5);
  while (Clock::now() < end && read_some(std::chrono::milliseconds(100))) {
  }
  kill();
}

}  // namespace consensus_bench
