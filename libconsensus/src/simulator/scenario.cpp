// Scenario files: written and read line by line.
#include "consensus/simulator/scenario.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace consensus::simulator {
namespace {

constexpr std::string_view heading = "consensus-scenario 1";
constexpr std::int64_t per_second = 1'000'000'000;

constexpr std::array<std::string_view, action_kinds> action_names{
    "ask", "crash", "pause",  "isolate",   "cut",      "bridge",        "skew",     "stall_disk", "fill_disk",
    "lie", "wipe",  "replay", "lose_peer", "campaign", "forget_leader", "transfer", "change"};
constexpr std::array<std::string_view, 4> subject_names{"message", "write", "apply", "snapshot"};
constexpr std::array<std::string_view, 3> effect_names{"drop", "duplicate", "delay"};

// A value of Setup as a number.
struct SetupField {
  std::string_view name;
  std::uint64_t (*get)(const Setup&);
  void (*set)(Setup&, std::uint64_t);
};

template <auto Member>
constexpr SetupField setup_field(std::string_view name) {
  return {name, [](const Setup& setup) { return static_cast<std::uint64_t>(setup.*Member); },
          [](Setup& setup, std::uint64_t value) {
            setup.*Member = static_cast<std::remove_reference_t<decltype(setup.*Member)>>(value);
          }};
}

template <Duration Setup::* Member>
constexpr SetupField duration_field(std::string_view name) {
  return {name, [](const Setup& setup) { return static_cast<std::uint64_t>((setup.*Member).count()); },
          [](Setup& setup, std::uint64_t value) { setup.*Member = Duration(static_cast<std::int64_t>(value)); }};
}

template <auto Member>
constexpr SetupField core_field(std::string_view name) {
  return {name, [](const Setup& setup) { return static_cast<std::uint64_t>(setup.core.*Member); },
          [](Setup& setup, std::uint64_t value) {
            setup.core.*Member = static_cast<std::remove_reference_t<decltype(setup.core.*Member)>>(value);
          }};
}

template <Duration CoreOptions::* Member>
constexpr SetupField core_duration_field(std::string_view name) {
  return {name, [](const Setup& setup) { return static_cast<std::uint64_t>((setup.core.*Member).count()); },
          [](Setup& setup, std::uint64_t value) { setup.core.*Member = Duration(static_cast<std::int64_t>(value)); }};
}

// Durations in nanoseconds.
constexpr std::array setup_fields{
    setup_field<&Setup::seed>("seed"),
    setup_field<&Setup::voters>("voters"),
    duration_field<&Setup::length>("length"),
    duration_field<&Setup::network_latency>("network_latency"),
    duration_field<&Setup::write_latency>("write_latency"),
    duration_field<&Setup::apply_latency>("apply_latency"),
    duration_field<&Setup::snapshot_latency>("snapshot_latency"),
    duration_field<&Setup::step_duration>("step_duration"),
    duration_field<&Setup::client_timeout>("client_timeout"),
    setup_field<&Setup::durable_state_machine>("durable_state_machine"),
    setup_field<&Setup::stays_down>("stays_down"),
    core_duration_field<&CoreOptions::election_timeout>("election_timeout"),
    core_duration_field<&CoreOptions::heartbeat_interval>("heartbeat_interval"),
    core_duration_field<&CoreOptions::commit_notice_delay>("commit_notice_delay"),
    core_field<&CoreOptions::pre_vote>("pre_vote"),
    core_field<&CoreOptions::check_quorum>("check_quorum"),
    core_field<&CoreOptions::step_down_on_removal>("step_down_on_removal"),
    core_field<&CoreOptions::clock_drift_percent>("clock_drift_percent"),
    core_field<&CoreOptions::max_request_entries>("max_request_entries"),
    core_field<&CoreOptions::max_request_bytes>("max_request_bytes"),
    core_field<&CoreOptions::max_inflight_requests>("max_inflight_requests"),
    core_field<&CoreOptions::max_inflight_bytes>("max_inflight_bytes"),
    core_field<&CoreOptions::max_uncommitted_bytes>("max_uncommitted_bytes"),
    core_field<&CoreOptions::max_cached_bytes>("max_cached_bytes"),
    core_field<&CoreOptions::snapshot_after_entries>("snapshot_after_entries"),
    core_field<&CoreOptions::snapshot_after_bytes>("snapshot_after_bytes"),
    core_field<&CoreOptions::trailing_entries>("trailing_entries"),
};

// "1.000000020", in seconds.
std::string seconds(std::int64_t nanoseconds) {
  const std::string fraction = std::to_string(per_second + nanoseconds % per_second);
  return std::to_string(nanoseconds / per_second) + '.' + fraction.substr(1);
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> to_nanoseconds(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point != 10) return std::nullopt;
  const auto whole = to_number(text.substr(0, point));
  const auto fraction = to_number(text.substr(point + 1));
  if (!whole || !fraction || *whole > 9'000'000'000) return std::nullopt;
  return static_cast<std::int64_t>(*whole) * per_second + static_cast<std::int64_t>(*fraction);
}

template <class Names>
std::optional<std::size_t> place_of(const Names& names, std::string_view name) {
  for (std::size_t place = 0; place < names.size(); ++place) {
    if (names[place] == name) return place;
  }
  return std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::string format(const Deviation& deviation) {
  std::string line(subject_names[static_cast<std::size_t>(deviation.subject)]);
  line += " from=" + std::to_string(deviation.from) + " to=" + std::to_string(deviation.to);
  line += " number=" + std::to_string(deviation.number) + ' ';
  line += effect_names[static_cast<std::size_t>(deviation.effect)];
  return line + ' ' + seconds(deviation.duration.count());
}

// The number of "name=number".
std::optional<std::uint64_t> named_number(std::string_view word, std::string_view name) {
  if (word.size() <= name.size() || !word.starts_with(name) || word[name.size()] != '=') return std::nullopt;
  return to_number(word.substr(name.size() + 1));
}

// A word after an action's name.
bool read_argument(Action& action, std::string_view word) {
  if (word.starts_with("for=")) {
    const auto duration = to_nanoseconds(word.substr(4));
    if (duration) action.duration = Duration(*duration);
    return duration.has_value();
  }
  if (const auto number = named_number(word, "node")) {
    action.node = static_cast<MemberNumber>(*number);
  } else if (const auto other = named_number(word, "other")) {
    action.other = static_cast<MemberNumber>(*other);
  } else if (const auto value = named_number(word, "value")) {
    action.value = *value;
  } else {
    return false;
  }
  return true;
}

bool read_action(Scenario& scenario, const std::vector<std::string_view>& words) {
  if (words.size() < 3) return false;
  const auto at = to_nanoseconds(words[1]);
  const auto kind = place_of(action_names, words[2]);
  if (!at || !kind) return false;
  Action action{.at = TimePoint(Duration(*at)), .kind = static_cast<ActionKind>(*kind)};
  for (std::size_t place = 3; place < words.size(); ++place) {
    if (!read_argument(action, words[place])) return false;
  }
  scenario.actions.push_back(action);
  return true;
}

bool read_deviation(Scenario& scenario, const std::vector<std::string_view>& words) {
  if (words.size() != 6) return false;
  const auto subject = place_of(subject_names, words[0]);
  const auto from = named_number(words[1], "from");
  const auto to = named_number(words[2], "to");
  const auto number = named_number(words[3], "number");
  const auto effect = place_of(effect_names, words[4]);
  const auto duration = to_nanoseconds(words[5]);
  if (!subject || !from || !to || !number || !effect || !duration) return false;
  scenario.deviations.push_back({static_cast<DeviationSubject>(*subject), static_cast<DeviationEffect>(*effect),
                                 static_cast<MemberNumber>(*from), static_cast<MemberNumber>(*to),
                                 static_cast<std::uint32_t>(*number), Duration(*duration)});
  return true;
}

bool read_setup(Setup& setup, const std::vector<std::string_view>& words) {
  if (words.size() != 2) return false;
  const auto value = to_number(words[1]);
  for (const SetupField& field : setup_fields) {
    if (value && field.name == words[0]) {
      field.set(setup, *value);
      return true;
    }
  }
  return false;
}

bool read_line(Scenario& scenario, std::string_view line) {
  if (line.empty() || line == heading) return true;
  if (line.starts_with('#')) {
    scenario.comments.emplace_back(line.substr(line.starts_with("# ") ? 2 : 1));
    return true;
  }
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return true;
  if (words[0] == "expect" && words.size() == 2) {
    scenario.expect = words[1];
    return true;
  }
  if (words[0] == "at") return read_action(scenario, words);
  if (place_of(subject_names, words[0])) return read_deviation(scenario, words);
  return read_setup(scenario.setup, words);
}

}  // namespace

NodeId member_id(MemberNumber number) {
  return NodeId('n' + std::to_string(number));
}

std::string format(const Action& action) {
  std::string line = "at " + seconds(action.at.time_since_epoch().count()) + ' ';
  line += action_names[static_cast<std::size_t>(action.kind)];
  if (action.node != 0) line += " node=" + std::to_string(action.node);
  if (action.other != 0) line += " other=" + std::to_string(action.other);
  if (action.value != 0) line += " value=" + std::to_string(action.value);
  if (action.duration != Duration{}) line += " for=" + seconds(action.duration.count());
  return line;
}

std::string format(const Scenario& scenario) {
  std::string text(heading);
  text += '\n';
  for (const std::string& comment : scenario.comments) text += "# " + comment + '\n';
  if (!scenario.expect.empty()) text += "expect " + scenario.expect + '\n';
  for (const SetupField& field : setup_fields) {
    text += std::string(field.name) + ' ' + std::to_string(field.get(scenario.setup)) + '\n';
  }
  for (const Action& action : scenario.actions) text += format(action) + '\n';
  for (const Deviation& deviation : scenario.deviations) text += format(deviation) + '\n';
  return text;
}

Result<Scenario> parse_scenario(std::string_view text) {
  Scenario scenario;
  if (!text.starts_with(heading)) return make_error(Errc::malformed, "scenario: it begins with another line");
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ++number;
    if (!read_line(scenario, text.substr(0, end))) {
      return make_error(Errc::malformed, "scenario, line " + std::to_string(number));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scenario;
}

}  // namespace consensus::simulator
