// Gzip for answers.
#include "http/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t piece_bytes = 64 * 1024;  // about a millisecond of work

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "q=0", "q=0.0" … mean "not this one".
bool is_refused(std::string_view parameter) {
  parameter = trimmed(parameter);
  return parameter.size() > 2 && equal_without_case(parameter.substr(0, 2), "q=") &&
         parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

bool element_accepts_gzip(std::string_view element) {
  const auto semicolon = element.find(';');
  const auto coding = trimmed(element.substr(0, semicolon));
  if (!equal_without_case(coding, "gzip") && coding != "*") {
    return false;
  }
  return semicolon == std::string_view::npos || !is_refused(element.substr(semicolon + 1));
}

// A zlib stream that writes the gzip format.
class Deflater {
 public:
  Deflater() {
    constexpr int gzip_format = 16 + MAX_WBITS;
    constexpr int memory_level = 8;
    ready_ = deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, gzip_format, memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflater() {
    if (ready_) {
      deflateEnd(&stream_);
    }
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  [[nodiscard]] bool ready() const noexcept { return ready_; }

  void append(std::string_view piece, int flush, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      const auto used = out.size();
      out.resize(used + piece_bytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + used);
      stream_.avail_out = static_cast<uInt>(piece_bytes);
      deflate(&stream_, flush);
      out.resize(out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

bool accepts_gzip(const Headers& headers) {
  for (auto list : headers.find_all("Accept-Encoding")) {
    while (!list.empty()) {
      const auto comma = list.find(',');
      if (element_accepts_gzip(list.substr(0, comma))) {
        return true;
      }
      list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
  }
  return false;
}

asio::awaitable<std::optional<std::string>> gzipped(std::string text) {
  Deflater deflater;
  if (!deflater.ready()) {
    co_return std::nullopt;
  }
  std::string out;
  std::string_view rest = text;
  while (rest.size() > piece_bytes) {
    deflater.append(rest.substr(0, piece_bytes), Z_NO_FLUSH, out);
    rest.remove_prefix(piece_bytes);
    co_await asio::post(asio::use_awaitable);
  }
  deflater.append(rest, Z_FINISH, out);
  co_return out;
}

}  // namespace orchestrator::http
