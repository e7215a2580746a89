#include "conformance/suite.hpp"

#include <cstdlib>
#include <random>

namespace varve::conformance {

bool same(const NewEvent& a, const NewEvent& b) {
    return a.stream == b.stream && a.type == b.type && a.data == b.data && a.metadata == b.metadata &&
           a.tags == b.tags && a.content_type == b.content_type && a.id == b.id;
}

bool operator==(const Seen& a, const Seen& b) {
    return a.position == b.position && a.revision == b.revision && a.created == b.created && same(a.given, b.given);
}

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
    return out << "{" << seen.position << " " << seen.given.stream.substr(0, 40) << "@" << seen.revision << " "
               << seen.given.type.substr(0, 40) << " " << seen.given.data.substr(0, 40) << "}";
}

Seen seen(const Event& event) {
    return {
        .position = event.position, .revision = event.revision, .created = event.created, .given = to_new_event(event)};
}

Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

Deadline now() {
    return std::chrono::steady_clock::now();
}

NewEvent fact(std::string type, std::string data) {
    return {.stream = {}, .type = std::move(type), .data = std::move(data)};
}

std::vector<Seen> read_all(const Store& store, const Selection& selection) {
    std::vector<Seen> events;
    auto cursor = store.read(selection);
    if (!cursor) {
        ADD_FAILURE() << cursor.error();
        return events;
    }
    const auto status = cursor->each([&](const Event& event) { events.push_back(seen(event)); });
    if (!status) ADD_FAILURE() << status.error();
    return events;
}

std::vector<std::uint64_t> places(const Store& store, const Selection& selection) {
    std::vector<std::uint64_t> numbers;
    for (const Seen& event : read_all(store, selection)) numbers.push_back(event.position.value);
    return numbers;
}

std::uint64_t test_seed() {
    const char* given = std::getenv("VARVE_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

void in_parallel(int threads, const std::function<void(int)>& f) {
    std::vector<std::jthread> running;
    for (int number = 0; number < threads; ++number) running.emplace_back([&f, number] { f(number); });
}

Completion Outcomes::next() {
    const std::scoped_lock lock(mutex_);
    outcomes_.emplace_back();
    return [this, number = outcomes_.size() - 1](Result<Receipt> outcome) {
        const std::scoped_lock arriving(mutex_);
        EXPECT_FALSE(outcomes_[number]) << "completion " << number << " came twice";
        outcomes_[number].emplace(std::move(outcome));
        ++arrived_;
        came_.notify_all();
    };
}

std::vector<Result<Receipt>> Outcomes::wait() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_until(lock, soon(), [this] { return arrived_ >= outcomes_.size(); }))
        << "a completion is missing";
    std::vector<Result<Receipt>> all;
    for (const auto& outcome : outcomes_) {
        all.push_back(outcome.value_or(Error{.code = Code::internal, .message = "its completion never came"}));
    }
    return all;
}

void Conformance::SetUp() {
    std::string name = (std::filesystem::temp_directory_path() / "varve-conformance-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto opened = GetParam().open(folder_ / "store");
    ASSERT_TRUE(opened) << opened;
    opened_ = *opened;
}

void Conformance::TearDown() {
    if (opened_) {
        const auto closed = opened_->close();
        EXPECT_TRUE(closed) << closed;
    }
    opened_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Conformance::reopen() {
    const auto closed = opened_->close();
    ASSERT_TRUE(closed) << closed;
    opened_.reset();
    auto opened = GetParam().open(folder_ / "store");
    ASSERT_TRUE(opened) << opened;
    opened_ = *opened;
}

Receipt Conformance::append(std::string_view stream, std::string data, Expected expected) {
    auto receipt = store().append(Commit{}.append(stream, expected, {fact("Happened", std::move(data))}));
    EXPECT_TRUE(receipt) << receipt.error();
    return receipt ? *receipt : Receipt{};
}

void Conformance::expect_error(const Result<>& outcome, Code code, const std::vector<std::string>& words) {
    ASSERT_FALSE(outcome) << "expected " << to_string(code);
    EXPECT_EQ(outcome.error().code, code) << outcome.error();
    EXPECT_FALSE(outcome.error().message.empty());
    for (const std::string& word : words) {
        EXPECT_NE(outcome.error().message.find(word), std::string::npos)
            << "no '" << word << "' in: " << outcome.error();
    }
}

}  // namespace varve::conformance
