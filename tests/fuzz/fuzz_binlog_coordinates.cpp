// Reading of "file:position".
#include "fuzz.hpp"
#include "topology/binlog_coordinates.hpp"

int fuzz_binlog_coordinates(const std::uint8_t* data, std::size_t size) {
  const auto coordinates = topology::parse_binlog_coordinates(fuzz::as_text(data, size));
  if (!coordinates) {
    return 0;
  }
  FUZZ_CHECK(topology::parse_binlog_coordinates(coordinates->to_string()).value() == *coordinates);
  FUZZ_CHECK((*coordinates <=> *coordinates) == 0);
  const topology::BinlogCoordinates first{"bin.000001", 4};
  FUZZ_CHECK((first < *coordinates) == (*coordinates > first));
  return 0;
}
