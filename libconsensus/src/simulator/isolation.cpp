// Child processes for runs.
#include "consensus/simulator/isolation.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

// What a child says first; the texts follow.
struct Header {
  std::uint64_t kind_size = 0;
  std::uint64_t text_size = 0;
  std::uint64_t scenario_size = 0;
  std::uint64_t hash = 0;
  Statistics statistics;
};

int report_to = -1;

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void send(const Report& report) {
  const Failure failure = report.failure.value_or(Failure{});
  const std::string scenario = format(report.scenario);
  const Header header{failure.kind.size(), failure.text.size(), scenario.size(), report.hash, report.statistics};
  std::string bytes(sizeof(header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  write_all(report_to, bytes + failure.kind + failure.text + scenario);
}

// Not safe in a handler in general; but these signals come from our own code in this thread, and the process has
// nothing to lose any more.
void send_what_is_known(const char* kind, std::string text) {
  Report report;
  report.failure = Failure{kind, std::move(text)};
  if (const World* world = world_under_way()) {
    report.scenario = world->so_far();
    report.statistics = world->statistics;
  }
  report.scenario.expect = kind;
  send(report);
}

void on_signal(int signal) {
  ::signal(signal, SIG_DFL);
  // What a broken invariant printed says more than the signal.
  send_what_is_known(signal == SIGALRM ? "hang" : "abort",
                     signal == SIGABRT ? std::string() : "signal " + std::to_string(signal));
  ::_exit(1);
}

[[noreturn]] void be_the_child(const std::function<Report()>& run, std::chrono::seconds limit, int pipe, int errors) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(errors, STDERR_FILENO);
  report_to = pipe;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGALRM}) ::signal(signal, on_signal);
  ::alarm(static_cast<unsigned>(limit.count()));
  send(run());
  ::_exit(0);
}

std::string read_all(int file) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t begin = text.rfind('\n');
  return begin == std::string::npos ? text : text.substr(begin + 1);
}

Report unpack(const std::string& bytes, const std::string& printed) {
  Report report;
  Header header;
  if (bytes.size() >= sizeof(header)) std::memcpy(&header, bytes.data(), sizeof(header));
  const std::string_view texts = std::string_view(bytes).substr(std::min(bytes.size(), sizeof(header)));
  if (bytes.size() < sizeof(header) || texts.size() < header.kind_size + header.text_size + header.scenario_size) {
    report.failure = Failure{"abort", "the process ended without a word; " + last_line(printed)};
    return report;
  }
  report.hash = header.hash;
  report.statistics = header.statistics;
  const std::string_view scenario = texts.substr(header.kind_size + header.text_size, header.scenario_size);
  if (auto parsed = parse_scenario(scenario)) report.scenario = std::move(*parsed);
  if (header.kind_size == 0) return report;
  report.failure = Failure{std::string(texts.substr(0, header.kind_size)),
                           std::string(texts.substr(header.kind_size, header.text_size))};
  if (report.failure->text.empty()) {
    report.failure->text = last_line(printed);
    report.scenario.comments.push_back(report.failure->text);
  }
  return report;
}

}  // namespace

Report run_isolated(const std::function<Report()>& run, std::chrono::seconds limit) {
  std::array<int, 2> pipe{};
  const int errors = ::memfd_create("simulation", MFD_CLOEXEC);
  if (errors < 0 || ::pipe2(pipe.data(), O_CLOEXEC) != 0) return run();
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::close(errors);
    return run();
  }
  if (child == 0) be_the_child(run, limit, pipe[1], errors);
  ::close(pipe[1]);
  const std::string bytes = read_all(pipe[0]);
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  ::lseek(errors, 0, SEEK_SET);
  const std::string printed = read_all(errors);
  ::close(errors);
  return unpack(bytes, printed);
}

}  // namespace consensus::simulator
