#include "cli/command_test.hpp"
#include "varve/varve.hpp"

namespace command {
namespace {

struct Added {
    std::string contact;
    varve::Personal<std::string> name;
    std::string subject() const { return contact; }
};
struct Contact {
    using Events = varve::Events<Added>;
    varve::Personal<std::string> name;
    void evolve(const Added& e) { name = e.name; }
};
struct Add {
    std::string contact, name;
};

class Forget : public CommandTest {
protected:
    [[nodiscard]] std::string keys() const { return path("keys"); }
    varve::App app(const varve::KeyOptions& options) {
        return varve::App{varve::open(store()).value(), varve::open_keys(keys(), options).value()};
    }
    void add_two(const varve::KeyOptions& options = {}) {
        varve::App crm = app(options);
        crm.handle<Add, Contact>(&Add::contact,
                                 [](const Add& c, const Contact&) { return varve::accept(Added{c.contact, c.name}); });
        crm.send(Add{"7", "Ada"}).value();
        crm.send(Add{"8", "Bob"}).value();
    }
    std::string name_of(const std::string& contact, const varve::KeyOptions& options = {}) {
        return app(options).load<Contact>(contact).value()->name.value_or("gone");
    }
};

TEST_F(Forget, DestroysOneKeyAndRecordsIt) {
    add_two();
    EXPECT_EQ(succeed({"keys", keys()}), "subjects   2 with a key\nforgotten  0\n");
    EXPECT_EQ(succeed({"forget", store(), "7", "--keys", keys(), "--request", "letter 9"}), "7 is forgotten\n");
    EXPECT_EQ(succeed({"forget", store(), "7", "--keys", keys()}), "7 was forgotten before\n");
    EXPECT_EQ(succeed({"keys", keys(), "--json"}), "{\"subjects\":1,\"forgotten\":1,\"damaged\":0}\n");
    EXPECT_EQ(name_of("7"), "gone");
    EXPECT_EQ(name_of("8"), "Bob");
    const auto event = succeed({"read", store(), "--stream", "varve-forgotten", "--json"});
    EXPECT_NE(event.find("varve.forgotten"), std::string::npos) << event;
    EXPECT_NE(event.find("letter 9"), std::string::npos) << event;
}

TEST_F(Forget, TellsScripts) {
    add_two();
    EXPECT_EQ(succeed({"forget", store(), "8", "-k", keys(), "--json"}),
              "{\"subject\":\"8\",\"before\":false,\"position\":2}\n");
    EXPECT_EQ(succeed({"forget", store(), "8", "-k", keys(), "--json"}),
              "{\"subject\":\"8\",\"before\":true,\"position\":null}\n");
}

TEST_F(Forget, RefusesWhatMakesNoSense) {
    add_two();
    fail(2, {"forget", store(), "7"}, {"--keys"});
    fail(1, {"forget", store(), "nobody", "-k", keys()}, {"nobody", "nothing was forgotten"});
    fail(1, {"forget", store(), "7", "-k", path("none")}, {"none"});
    fail(1, {"forget", path("nowhere"), "7", "-k", keys()}, {"nowhere"});
    write_file(path("text"), "dear diary");
    fail(1, {"keys", path("text")}, {"no key file"});
    EXPECT_EQ(read_file(path("text")), "dear diary");
    EXPECT_EQ(name_of("7"), "Ada");
}

TEST_F(Forget, TakesAPassphraseFromAFile) {
    const varve::KeyOptions options{.passphrase = "correct horse"};
    add_two(options);
    write_file(path("right"), "correct horse\n");
    write_file(path("wrong"), "battery staple\n");
    write_file(path("empty"), "");
    fail(1, {"keys", keys()}, {"protected with a passphrase"});
    fail(1, {"keys", keys(), "--passphrase-file", path("wrong")}, {"not the passphrase"});
    fail(1, {"keys", keys(), "--passphrase-file", path("empty")}, {"no passphrase"});
    EXPECT_EQ(succeed({"forget", store(), "7", "-k", keys(), "--passphrase-file", path("right")}), "7 is forgotten\n");
    EXPECT_EQ(name_of("7", options), "gone");
}

TEST_F(Forget, KeysAreBackedUp) {
    add_two();
    EXPECT_EQ(succeed({"keys", keys(), "--backup", path("copy")}),
              "subjects   2 with a key\nforgotten  0\ncopied to  " + path("copy") + "\n");
    EXPECT_EQ(read_file(path("copy")), read_file(keys()));
    fail(1, {"keys", keys(), "--backup", path("copy")}, {"copy"});
}

}  // namespace
}  // namespace command
