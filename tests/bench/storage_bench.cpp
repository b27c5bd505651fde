// Prints what a write to the SQLite log store costs beside a sync of the same disk, and how fast snapshots are.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "consensus/file_snapshot_store.hpp"
#include "consensus/sqlite_log_store.hpp"

namespace {

using namespace consensus;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 5;
constexpr int writes_per_round = 400;

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

// In microseconds.
struct Figures {
  double p50 = 0;
  double p99 = 0;
};

Figures figures(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  std::exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}

void need(const Result<void>& result) {
  if (!result) give_up(result.error());
}

// Writes and fdatasyncs over a file that has its length already: the least that a durable write can cost.
Figures raw_sync(const std::filesystem::path& folder, std::size_t bytes) {
  const std::filesystem::path path = folder / "raw";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  const std::string block(bytes, 'x');
  for (int i = 0; i < writes_per_round; ++i) {
    if (::write(fd, block.data(), block.size()) < 0) std::exit(1);
  }
  ::fsync(fd);
  std::vector<double> times;
  for (int i = 0; i < writes_per_round; ++i) {
    const auto begin = Clock::now();
    if (::pwrite(fd, block.data(), block.size(), static_cast<off_t>(bytes) * i) < 0) std::exit(1);
    ::fdatasync(fd);
    times.push_back(microseconds_since(begin));
  }
  ::close(fd);
  return figures(std::move(times));
}

// A store that has written for a while.
class Log {
 public:
  explicit Log(const std::filesystem::path& folder) : store_({.file = folder / "log" / "raft.db"}) {
    need(store_.open());
  }

  Figures measure(std::size_t count, std::size_t bytes) {
    std::vector<double> times;
    for (int i = 0; i < writes_per_round; ++i) {
      Write write = make(count, bytes);
      const auto begin = Clock::now();
      need(store_.write(write));
      times.push_back(microseconds_since(begin));
    }
    Write compaction;
    compaction.compact_to = at_.index;
    compaction.must_sync = true;
    need(store_.write(compaction));
    need(store_.maintain());
    return figures(std::move(times));
  }

 private:
  Write make(std::size_t count, std::size_t bytes) {
    Write write;
    for (std::size_t i = 0; i < count; ++i) {
      write.append.push_back(make_entry(at_, Term(1), EntryKind::command, Payload(std::string(bytes, 'x'))));
      at_ = write.append.back().position();
    }
    write.commit = at_.index.previous();
    write.must_sync = true;
    return write;
  }

  SqliteLogStore store_;
  LogPosition at_;
};

constexpr std::size_t piece_bytes = 1U << 20U;

// 100 MiB of a state that compresses about as rows of a database do.
std::string make_state() {
  std::string state;
  std::uint64_t x = 1;
  while (state.size() < 100 * piece_bytes) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    state += "host-" + std::to_string(x >> 40U) + ".example.com,3306,gtid:" + std::to_string(x) + ";";
  }
  state.resize(100 * piece_bytes);
  return state;
}

void print_rate(const char* what, Clock::time_point begin) {
  const double seconds = microseconds_since(begin) / 1e6;
  std::printf("  %-44s %7.0f MB/s  (%.3f s)\n", what, 104.8576 / seconds, seconds);
}

void copy_file(const std::filesystem::path& folder, const std::string& state) {
  const auto begin = Clock::now();
  const int fd = ::open((folder / "copy").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  for (std::size_t at = 0; at < state.size(); at += piece_bytes) {
    if (::write(fd, state.data() + at, piece_bytes) < 0) std::exit(1);
  }
  ::fsync(fd);
  ::close(fd);
  print_rate("plain write and fsync", begin);
}

void measure_snapshots(const std::filesystem::path& folder, const std::string& state, int level) {
  const SnapshotFormat format{.compression_level = level};
  FileSnapshotStore store({.folder = folder / "snapshots", .format = format});
  FileSnapshotStore receiver_store({.folder = folder / "received", .format = format});
  need(store.open());
  need(receiver_store.open());
  copy_file(folder, state);

  auto begin = Clock::now();
  auto writer =
      need(store.create({.position = {Index(1), Term(1), 1}, .configuration = {}, .configuration_index = {}}));
  for (std::size_t at = 0; at < state.size(); at += piece_bytes) {
    need(writer->write(std::string_view(state).substr(at, piece_bytes)));
  }
  const SnapshotManifest manifest = need(writer->publish());
  const std::string name = "zstd level " + std::to_string(level) + ", ";
  print_rate((name + "write and publish").c_str(), begin);

  begin = Clock::now();
  auto reader = need(store.read(manifest.id));
  auto receiver = need(receiver_store.receive(manifest));
  for (std::uint32_t i = 0; i < manifest.chunk_checksums.size(); ++i) {
    need(receiver->put_chunk(i, need(reader->read_chunk(i))));
  }
  need(receiver->publish());
  print_rate((name + "read, receive and publish").c_str(), begin);

  begin = Clock::now();
  while (!need(reader->read()).empty()) {
  }
  print_rate((name + "read and unpack").c_str(), begin);
  std::printf("  stored: %.1f MB of 104.9 MB\n", static_cast<double>(manifest.size) / 1e6);
  need(store.retain(0));
  need(receiver_store.retain(0));
}

void run(const std::filesystem::path& folder) {
  std::printf("log store: microseconds for one write(), %d rounds of %d, raw sync of as many bytes in between\n",
              rounds, writes_per_round);
  Log log(folder);
  for (const std::size_t bytes : {128U, 4096U}) {
    for (const std::size_t count : {1U, 64U}) {
      std::vector<double> p50;
      std::vector<double> p99;
      std::vector<double> raw;
      for (int round = 0; round < rounds; ++round) {
        raw.push_back(raw_sync(folder, std::max<std::size_t>(count * bytes, 4096)).p50);
        const Figures own = log.measure(count, bytes);
        p50.push_back(own.p50);
        p99.push_back(own.p99);
      }
      const double own = figures(p50).p50;
      std::printf("  %2zu x %4zu bytes   p50 %6.0f   p99 %6.0f   raw p50 %6.0f   ratio %.2f\n", count, bytes, own,
                  figures(p99).p50, figures(raw).p50, own / figures(raw).p50);
    }
  }
  std::printf("snapshots of 104.9 MB\n");
  const std::string state = make_state();
  for (const int level : {0, -5, 1, 3}) measure_snapshots(folder, state, level);
}

}  // namespace

// The folder to work in is the argument; it must be on the disk that is to be measured.
int main(int argc, char** argv) {
  const std::filesystem::path above = argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::current_path();
  std::string folder = (above / "storage-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  run(folder);
  std::filesystem::remove_all(folder);
  return 0;
}
