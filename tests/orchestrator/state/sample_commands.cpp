// Fills commands through their layouts, so that no member can be forgotten.
#include "sample_commands.hpp"

#include <array>
#include <map>
#include <stdexcept>
#include <string_view>

#include "state/bytes.hpp"
#include "state/layout.hpp"
#include "state/proposal.hpp"

namespace orchestrator::state {
namespace {

template <class... Commands>
std::vector<const LayoutText*> layouts_of(std::type_identity<std::variant<Commands...>>) {
  return {&layout_of<Commands>().text()...};
}

// The largest number that a field can hold, where it is not that of 64 bits.
std::int64_t largest(const FieldText& field) {
  static const std::map<std::string_view, std::int64_t> bounds = {
      {"match", 1},        {"scope", 4},  {"actionable", 1}, {"active", 1},  {"successful", 1},
      {"acknowledged", 1}, {"forced", 1}, {"disabled", 1},   {"existed", 1}, {"outcome", 4}};
  const auto bound = bounds.find(field.name);
  if (bound != bounds.end()) return bound->second;
  return field.name.ends_with("port") ? 65535 : std::numeric_limits<std::int64_t>::max();
}

bool has_keys(const FieldText& field) {
  return field.name == "instances" || field.name == "lost_replicas" || field.name == "participants";
}

// Chooses what a field has.
class Filler {
 public:
  virtual ~Filler() = default;
  virtual std::int64_t number(std::int64_t largest) = 0;
  virtual std::string text(const FieldText& field) = 0;
  virtual std::string rule() = 0;
  virtual std::string keys() = 0;
  virtual std::string lines() = 0;

  Value value(const FieldText& field) {
    switch (field.type) {
      case ValueType::number:
        return number(largest(field));
      case ValueType::text:
        if (field.name == "promotion_rule") return rule();
        if (has_keys(field)) return keys();
        return field.name == "errors" ? lines() : text(field);
      case ValueType::record:
        return fields(field.nested());
    }
    return std::int64_t{0};
  }

  std::string fields(const LayoutText& layout) {
    std::vector<Value> all;
    for (const auto& field : layout.fields) all.push_back(value(field));
    return encode_values(layout, all, state_version);
  }
};

class Fixed final : public Filler {
 public:
  std::int64_t number(std::int64_t largest) override { return std::min(largest, ++count_ * 1000); }
  std::string text(const FieldText& field) override { return "a " + std::string(field.name); }
  std::string rule() override { return "prefer_not"; }
  std::string keys() override { return "a:1\n::1:3306\n"; }
  std::string lines() override { return "one\\ntwo\\\\\nthree\n"; }

 private:
  std::int64_t count_ = 0;
};

class Random final : public Filler {
 public:
  explicit Random(std::mt19937_64& random) : random_(random) {}
  std::int64_t number(std::int64_t largest) override {
    const auto bits = below(64);
    const auto number = static_cast<std::int64_t>(random_() >> (63 - bits) >> 1U);
    return 1 + (largest == 1 ? 0 : number % largest);
  }
  std::string text(const FieldText& field) override {
    static constexpr std::array pieces = {"a", "b.example.com", "-", "ü", "日本", "'", "\\", "?", "`", "1"};
    static constexpr std::array rare = {"\n", "\t", " ", "%"};
    std::string text = field.is_required() || field.in_key() || below(4) != 0 ? "x" : "";
    for (auto left = below(8); left > 0; --left) text += pieces.at(below(pieces.size()));
    if (!field.is_required() && !field.in_key() && below(3) == 0) {
      text += rare.at(below(rare.size()));
      text.push_back('\0');
    }
    return text;
  }
  std::string rule() override { return below(2) == 0 ? "must_not" : "prefer"; }
  std::string keys() override {
    std::string keys;
    for (auto left = below(4); left > 0; --left)
      keys += "h" + std::to_string(below(9)) + ":" + std::to_string(1 + below(65535)) + "\n";
    return keys;
  }
  std::string lines() override { return below(2) == 0 ? "" : "\nan \\\\ error\n"; }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::mt19937_64& random_;
};

Command command_of(const LayoutText& layout, const std::string& fields) {
  std::string bytes;
  append_number(bytes, 1);
  append_number(bytes, state_version);
  append_number(bytes, layout.number);
  append_text(bytes, fields);
  auto decoded = decode_commands(bytes);
  if (!decoded) throw std::logic_error(decoded.error().message());
  return std::move(decoded->commands.at(0));
}

}  // namespace

const std::vector<const LayoutText*>& command_layouts() {
  static const auto layouts = layouts_of(std::type_identity<Command>());
  return layouts;
}

std::vector<Command> one_of_each_command() {
  std::vector<Command> commands;
  Fixed filler;
  for (const auto* layout : command_layouts()) commands.push_back(command_of(*layout, filler.fields(*layout)));
  return commands;
}

Command random_command(std::mt19937_64& random) {
  const auto& layout = *command_layouts()[random() % command_layouts().size()];
  return command_of(layout, Random(random).fields(layout));
}

}  // namespace orchestrator::state
