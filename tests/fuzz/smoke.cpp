// Replays a folder of samples and seeded mutations of them: fuzz_NAME FOLDER [runs [seed]].
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

int FUZZ_FUNCTION(const std::uint8_t* data, std::size_t size);

namespace {

using Random = std::mt19937_64;

// The input being tried, for the report of a crash.
std::string current_input;

// Only what a signal handler may do.
void report_input() {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view title = "\nthe input was, in hexadecimal:\n";
  (void)!write(STDERR_FILENO, title.data(), title.size());
  for (const auto byte : current_input) {
    const auto value = static_cast<unsigned char>(byte);
    const std::array<char, 2> pair{digits[value / 16U], digits[value % 16U]};
    (void)!write(STDERR_FILENO, pair.data(), pair.size());
  }
  (void)!write(STDERR_FILENO, "\n", 1);
}

extern "C" void report_and_die(int signal) {
  report_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void report_crashes() {
  for (const auto signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, report_and_die);
  }
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_death_callback(report_input);
#endif
}

void run(std::string input) {
  current_input = std::move(input);
  // A block of exactly the input's size, so that reading past the end is noticed.
  const std::vector<std::uint8_t> bytes(current_input.begin(), current_input.end());
  FUZZ_FUNCTION(bytes.data(), bytes.size());
}

std::vector<std::string> read_samples(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> samples;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    samples.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return samples;
}

std::size_t pick(Random& random, std::size_t below) {
  return below == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
}

// What parsers stumble over.
constexpr std::array<std::string_view, 22> oddities{"",
                                                    "0",
                                                    "-1",
                                                    "1-0",
                                                    "18446744073709551615",
                                                    "18446744073709551616",
                                                    "9223372036854775807",
                                                    "4294967296",
                                                    "65536",
                                                    "[",
                                                    "]",
                                                    "::",
                                                    ":",
                                                    ",,",
                                                    "//",
                                                    "\n",
                                                    "\r\n\r\n",
                                                    "\\u0000",
                                                    "\"",
                                                    "{{",
                                                    "%",
                                                    "\xff\xfe"};

void mutate(std::string& input, const std::vector<std::string>& samples, Random& random) {
  const auto place = pick(random, input.size() + 1);
  const auto length = std::min(pick(random, 8) + 1, input.size() - place);
  switch (pick(random, 7)) {
    case 0:
      input.insert(place, 1, static_cast<char>(pick(random, 256)));
      break;
    case 1:
      input.erase(place, length);
      break;
    case 2:
      input.insert(place, input.substr(place, length));
      break;
    case 3:
      input.insert(place, oddities.at(pick(random, oddities.size())));
      break;
    case 4: {
      const auto& other = samples[pick(random, samples.size())];
      input = input.substr(0, place) + other.substr(pick(random, other.size() + 1));
      break;
    }
    case 5:
      input.replace(place, length, oddities.at(pick(random, oddities.size())));
      break;
    case 6:
      if (place < input.size()) {
        input[place] = static_cast<char>(static_cast<unsigned char>(input[place]) ^ (1U << pick(random, 8)));
      }
      break;
    default:
      break;
  }
  constexpr std::size_t longest = 4096;
  input.resize(std::min(input.size(), longest));
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [runs [seed]]\n", argv[0]);
    return 2;
  }
  const auto runs = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000;
  const auto seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  report_crashes();
  try {
    const auto samples = read_samples(argv[1]);
    if (samples.empty()) {
      std::fprintf(stderr, "%s: no samples\n", argv[1]);
      return 2;
    }
    std::for_each(samples.begin(), samples.end(), run);
    Random random(seed);
    for (auto number = runs; number > 0; --number) {
      auto input = samples[pick(random, samples.size())];
      for (auto changes = pick(random, 6) + 1; changes > 0; --changes) {
        mutate(input, samples, random);
      }
      run(std::move(input));
    }
    std::printf("%zu samples and %llu mutations with seed %llu\n", samples.size(), runs, seed);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "exception: %s\n", error.what());
    report_input();
    return 1;
  }
}
