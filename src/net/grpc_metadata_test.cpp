#include "net/grpc_metadata.hpp"

#include <gtest/gtest.h>

namespace varve::net {
namespace {

using Fields = std::vector<Metadata::Field>;

TEST(GrpcMetadata, is_written_so_that_any_header_can_carry_it) {
    Metadata metadata;
    metadata.add("Caller", "  web  ");
    metadata.add("a-Bin", std::string("\0\xFF", 2));
    metadata.add("text", "wr\xC3\xB6ng");
    metadata.add("two words", "x");
    metadata.add("", "x");
    metadata.add(":path", "/other");
    EXPECT_EQ(to_wire(metadata), (Fields{{"caller", "web"}, {"a-bin", "AP8"}, {"text", "wr%C3%B6ng"}}));
}

TEST(GrpcMetadata, what_the_protocol_says_itself_is_left_out) {
    Metadata metadata;
    for (const char* name : {"TE", "grpc-status", "grpc-message", "grpc-timeout", "Content-Type", "connection"}) {
        metadata.add(name, "1");
    }
    metadata.add("grpc-status-details-bin", "1");
    EXPECT_EQ(to_wire(metadata), (Fields{{"grpc-status-details-bin", "MQ"}}));
}

TEST(GrpcMetadata, is_read_as_it_came_and_bytes_from_base64) {
    Metadata metadata;
    EXPECT_TRUE(read_field("a", "x,y", metadata));
    EXPECT_TRUE(read_field("b-bin", "Zg==,Zm8", metadata));
    EXPECT_TRUE(read_field("c-bin", "", metadata));
    EXPECT_FALSE(read_field("d-bin", "no base64", metadata));
    EXPECT_EQ(metadata.fields(), (Fields{{"a", "x,y"}, {"b-bin", "f"}, {"b-bin", "fo"}, {"c-bin", ""}}));
}

}  // namespace
}  // namespace varve::net
