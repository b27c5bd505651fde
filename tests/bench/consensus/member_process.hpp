// One member of a benchmarked group: a child process that is told what to do, line by line.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consensus_bench {

// A line that a member said: a word, then either numbers with names or one number.
class Reply {
 public:
  explicit Reply(std::string_view line);

  [[nodiscard]] const std::string& word() const noexcept { return word_; }
  [[nodiscard]] const std::string& line() const noexcept { return line_; }
  // Throws std::runtime_error when the line has no such number.
  [[nodiscard]] double number(const std::string& name) const;
  // The number right after the word: the time in nanoseconds of CLOCK_REALTIME.
  [[nodiscard]] std::int64_t time() const;

 private:
  std::string line_;
  std::string word_;
  std::map<std::string, double> numbers_;
  std::optional<std::int64_t> time_;
};

// Killed by the destructor, and by the kernel when its owner ends. Used from one thread, which outlives it. Throws
// std::runtime_error for whatever goes wrong.
class MemberProcess {
 public:
  explicit MemberProcess(std::vector<std::string> command);
  MemberProcess(const MemberProcess&) = delete;
  MemberProcess& operator=(const MemberProcess&) = delete;
  ~MemberProcess();

  void tell(std::string_view line);
  // Waits for a line that begins with this word; others are kept. Throws when the member says "failed", ends, or the
  // time is over.
  Reply expect(std::string_view word, std::chrono::milliseconds patience);
  // Such a line if there is one by now.
  std::optional<Reply> take(std::string_view word);
  Reply ask(std::string_view line, std::string_view word, std::chrono::milliseconds patience);

  void signal(int number);
  // SIGKILL; returns when it is gone.
  void kill();
  // "quit"; returns when it has ended, by force if need be.
  void quit();

 private:
  // Reads what has come, waiting up to this long for the first byte; false at the end of the output.
  bool read_some(std::chrono::milliseconds wait);
  std::string name() const;

  std::vector<std::string> command_;
  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string rest_;
  std::deque<Reply> replies_;
};

}  // namespace consensus_bench
