#include "varve/personal.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "varve/codec.hpp"

namespace varve {
namespace {

/// Seals by writing the place and the text one after the other, so that a test can read what was sealed.
class Glass final : public detail::Sealer {
public:
    Result<std::string> seal(const detail::SealPlace& place, std::string_view clear) override {
        if (barred == place.subject) return Error{Code::failed_precondition, "barred", "personal.forgotten"};
        return place_of(place) + std::string(clear);
    }
    Result<std::string> open(const detail::SealPlace& place, std::string_view token) const override {
        const std::string text(token);
        if (lost.contains(text)) return Error{Code::not_found, "gone", "personal.forgotten"};
        const std::string begin = place.subject.empty() ? text.substr(0, text.find('|') + 1) : place_of(place);
        if (!text.starts_with(begin)) return Error{Code::data_loss, "other"};
        return text.substr(text.rfind('|') + 1);
    }
    bool forgotten(std::string_view token) const override { return lost.contains(std::string(token)); }

    std::set<std::string> lost;
    std::string barred = "nobody";

private:
    static std::string place_of(const detail::SealPlace& place) {
        return std::string(place.subject) + "|" + std::string(place.event) + "|" + std::string(place.field) + "|";
    }
};

struct Person {
    std::string id;
    Personal<int> born;
    std::string subject() const { return id; }
};
struct Home {
    Personal<std::string> street;
    std::string country;
};
struct Joined {
    static constexpr std::string_view type = "joined.v1";
    std::int64_t member = 0;
    Personal<std::string> name;
    Home home;
    std::vector<Person> children;
    std::map<std::string, Personal<std::string>> notes;
    std::int64_t subject() const { return member; }
};
struct Row {
    std::string key;
    Personal<std::string> name;
};
/// The member's name again, in an event of another type.
struct Welcomed {
    std::int64_t member = 0;
    Personal<std::string> guest;
    std::int64_t subject() const { return member; }
};

/// The same event, read as if the guest were a number.
struct Counted {
    static constexpr std::string_view type = "Welcomed";
    std::int64_t member = 0;
    Personal<int> guest;
    std::int64_t subject() const { return member; }
};

class PersonalTest : public testing::Test {
protected:
    template <class E>
    Result<E> decoded(const std::string& data) {
        Event event{};
        event.type = event_type<E>();
        event.data = data;
        return decode_event<E>(event);
    }
    Joined joined_ = {7, "Ada", {"Dorset Street", "UK"}, {{"c1", 12}, {"c2", 9}}, {{"a", "x"}}};
    std::shared_ptr<Glass> glass_ = std::make_shared<Glass>();
    KeysHere keys_{glass_};
};

TEST_F(PersonalTest, is_sealed_for_the_subject_around_it_under_event_and_path) {
    EXPECT_EQ(encode_event(joined_).value(),
              R"({"member":7,"name":{"$sealed":"7|joined.v1|name|\"Ada\""},)"
              R"("home":{"street":{"$sealed":"7|joined.v1|home.street|\"Dorset Street\""},"country":"UK"},)"
              R"("children":[{"id":"c1","born":{"$sealed":"c1|joined.v1|children.born|12"}},)"
              R"({"id":"c2","born":{"$sealed":"c2|joined.v1|children.born|9"}}],)"
              R"("notes":{"a":{"$sealed":"7|joined.v1|notes|\"x\""}}})");
}

TEST_F(PersonalTest, comes_back_and_opens) {
    const auto back = decoded<Joined>(encode_event(joined_).value()).value();
    EXPECT_EQ(back.name.open().value(), "Ada");
    EXPECT_EQ(back.home.street.open().value(), "Dorset Street");
    EXPECT_EQ(back.children.at(1).born.open().value(), 9);
    EXPECT_EQ(back.notes.at("a").open().value(), "x");
    EXPECT_TRUE(back.name == joined_.name);
    EXPECT_FALSE(back.name == back.home.street);
}

TEST_F(PersonalTest, written_again_into_the_same_event_it_is_the_same) {
    const auto data = encode_event(joined_).value();
    EXPECT_EQ(encode_event(decoded<Joined>(data).value()).value(), data);
}

TEST_F(PersonalTest, a_value_of_another_field_or_subject_does_not_open) {
    const auto swapped = [&](const std::string& from, const std::string& to) {
        auto data = encode_event(joined_).value();
        return decoded<Joined>(data.replace(data.find(from), from.size(), to)).value();
    };
    EXPECT_EQ(swapped("7|joined.v1|name|", "7|joined.v1|home.street|").name.open().error().code, Code::data_loss);
    EXPECT_EQ(swapped("7|joined.v1|name|", "8|joined.v1|name|").name.open().error().code, Code::data_loss);
    EXPECT_EQ(swapped("7|joined.v1|name|", "7|left|name|").name.open().error().code, Code::data_loss);
    EXPECT_EQ(swapped("c1|joined.v1", "7|joined.v1").children.at(0).born.open().error().code, Code::data_loss);
    EXPECT_TRUE(swapped("\"member\":7", "\"member\":8").name.open().error().code == Code::data_loss);
}

TEST_F(PersonalTest, empty_stays_empty) {
    joined_.name = {};
    const auto data = encode_event(joined_).value();
    EXPECT_NE(data.find("\"name\":null"), std::string::npos) << data;
    const auto back = decoded<Joined>(data).value();
    EXPECT_TRUE(back.name.empty());
    EXPECT_FALSE(back.name.forgotten());
    EXPECT_EQ(back.name.open().error().reason, "personal.empty");
    EXPECT_EQ(back.name.value_or("-"), "-");
}

TEST_F(PersonalTest, in_a_row_it_carries_its_place_with_it) {
    const auto event = decoded<Joined>(encode_event(joined_).value()).value();
    const auto row = to_json(Row{"7", event.name}).value();
    EXPECT_EQ(row, R"({"key":"7","name":{"$sealed":"7|joined.v1|name|\"Ada\"","event":"joined.v1","field":"name"}})");
    EXPECT_EQ(from_json<Row>(row).value().name.open().value(), "Ada");
    const auto cell = to_json(event.name).value();
    EXPECT_EQ(from_json<Personal<std::string>>(cell).value().open().value(), "Ada");
}

TEST_F(PersonalTest, a_value_that_carries_its_place_is_not_taken_for_one_of_the_event) {
    const auto event = decoded<Joined>(encode_event(joined_).value()).value();
    auto data = R"({"member":7,"guest":)" + to_json(event.name).value() + "}";
    EXPECT_EQ(decoded<Welcomed>(data).error().code, Code::invalid_argument);
}

TEST_F(PersonalTest, in_another_event_it_is_sealed_anew) {
    const auto event = decoded<Joined>(encode_event(joined_).value()).value();
    EXPECT_EQ(encode_event(Welcomed{8, event.name}).value(),
              R"({"member":8,"guest":{"$sealed":"8|Welcomed|guest|\"Ada\""}})");
    glass_->lost.insert(event.name.sealed()->token);
    const auto data = encode_event(Welcomed{8, event.name}).value();
    EXPECT_EQ(data, R"({"member":8,"guest":{"$forgotten":true}})");
    EXPECT_TRUE(decoded<Welcomed>(data).value().guest.forgotten());
    EXPECT_TRUE(decoded<Welcomed>(data).value().guest == event.name);
}

TEST_F(PersonalTest, without_keys_nothing_is_written_or_read) {
    const auto data = encode_event(joined_).value();
    const KeysHere none{nullptr};
    const auto refused = encode_event(joined_);
    EXPECT_EQ(refused.error().reason, "personal.no_keys");
    EXPECT_NE(refused.error().message.find("joined.v1"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("name"), std::string::npos) << refused.error().message;
    EXPECT_EQ(decoded<Joined>(data).error().reason, "personal.no_keys");
}

TEST_F(PersonalTest, whose_it_is_must_be_said) {
    EXPECT_EQ(encode_event(Person{"", 1}).error().code, Code::invalid_argument);
    EXPECT_EQ(to_json(Row{"7", "Ada"}).error().code, Code::invalid_argument) << "a row without subject";
    EXPECT_EQ(to_json(Person{"c1", 1}).value(),
              R"({"id":"c1","born":{"$sealed":"c1|Person|born|1","event":"Person","field":"born"}})");
}

TEST_F(PersonalTest, what_is_not_sealed_is_refused) {
    for (const char* value : {"\"Ada\"", "12", "[]", "{}", "{\"$sealed\":7}", "{\"$clear\":\"Ada\"}", "true"}) {
        const auto read = decoded<Welcomed>(std::string(R"({"member":7,"guest":)") + value + "}");
        EXPECT_FALSE(read.ok()) << value;
    }
}

TEST_F(PersonalTest, what_opens_to_another_type_is_not_shown) {
    auto data = encode_event(Welcomed{7, "secret"}).value();
    const auto error = decoded<Counted>(data).value().guest.open().error();
    EXPECT_EQ(error.code, Code::invalid_argument);
    EXPECT_EQ(error.message.find("secret"), std::string::npos) << error.message;
}

TEST_F(PersonalTest, for_the_forgotten_an_event_is_refused_and_what_remembers_is_empty) {
    glass_->barred = "c1";
    EXPECT_EQ(encode_event(Person{"c1", 12}).error().reason, "personal.forgotten");
    EXPECT_EQ(to_json(Person{"c1", 12}).value(), R"({"id":"c1","born":{"$forgotten":true}})");
    Person person{"c1", 12};
    detail::settle(person);
    EXPECT_TRUE(person.born.forgotten());
}

TEST_F(PersonalTest, memory_that_lasts_takes_no_clear_value) {
    Person person{"c1", 12};
    detail::settle(person);
    EXPECT_EQ(person.born.clear(), nullptr);
    EXPECT_EQ(person.born.open().value(), 12);
    Row row{"7", "Ada"};
    EXPECT_THROW(detail::settle(row), Failure);
}

}  // namespace
}  // namespace varve
