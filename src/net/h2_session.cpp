#include "net/h2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <new>
#include <vector>

namespace varve::net {
namespace {

using Opaque = std::array<std::uint8_t, 8>;
constexpr Opaque alive_mark = {'a', 'l', 'i', 'v', 'e', '?', ' ', ' '};
constexpr Opaque drain_mark = {'d', 'r', 'a', 'i', 'n', ' ', ' ', ' '};

/// The last stream that a notice names: all of them.
constexpr std::int32_t last_of_all = 0x7FFF'FFFF;

std::uint8_t* bytes_of(std::string_view text) {
    // nghttp2 copies it, and takes no const.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

std::vector<nghttp2_nv> fields_of(std::span<const HeaderField> fields) {
    std::vector<nghttp2_nv> all;
    all.reserve(fields.size());
    for (const auto& [name, value] : fields) {
        all.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return all;
}

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

H2Stream* stream_of(nghttp2_session* session, StreamId id) {
    return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session, id));
}

}  // namespace

/// What nghttp2 calls.
struct H2Session::Hooks {
    static H2Session& self(void* user) { return *static_cast<H2Session*>(user); }

    static void tell(nghttp2_session* session, const nghttp2_frame* frame, void (H2Stream::*what)()) {
        if (H2Stream* const stream = stream_of(session, frame->hd.stream_id); stream != nullptr) (stream->*what)();
    }

    static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        // Where the session is about to end, the rest of what has come already opens nothing.
        H2Session& me = self(user);
        H2Stream* const stream = me.ending_ ? nullptr : me.owner_.opened(frame->hd.stream_id);
        if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
    }

    static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/,
                      void* /*user*/) {
        if (H2Stream* const stream = stream_of(session, frame->hd.stream_id); stream != nullptr) {
            stream->header(text_of(name, name_size), text_of(value, value_size));
        }
        return 0;
    }

    static int data(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t size, void* /*user*/) {
        // The connection's window is no back-pressure: one stream that waits must not stop the others.
        nghttp2_session_consume_connection(session, size);
        if (H2Stream* const stream = stream_of(session, id); stream != nullptr) {
            stream->data(text_of(bytes, size));
        } else {
            nghttp2_session_consume_stream(session, id, size);
        }
        return 0;
    }

    static int received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
        H2Session& me = self(user);
        switch (frame->hd.type) {
            case NGHTTP2_HEADERS:
            case NGHTTP2_DATA:
                if (frame->hd.type == NGHTTP2_HEADERS) tell(session, frame, &H2Stream::head_done);
                if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) tell(session, frame, &H2Stream::end);
                break;
            case NGHTTP2_RST_STREAM: me.count_reset(me.their_resets_); break;
            case NGHTTP2_SETTINGS:
                if (!me.greeted_) me.owner_.greeted();
                me.greeted_ = true;
                break;
            case NGHTTP2_PING:
                if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 &&
                    std::ranges::equal(frame->ping.opaque_data, drain_mark)) {
                    me.stop_drain();
                }
                break;
            default: break;
        }
        return 0;
    }

    static int sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
        switch (frame->hd.type) {
            case NGHTTP2_HEADERS:
            case NGHTTP2_DATA:
                if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) tell(session, frame, &H2Stream::end_sent);
                break;
            case NGHTTP2_RST_STREAM: self(user).count_reset(self(user).our_resets_); break;
            case NGHTTP2_GOAWAY:
                if (frame->goaway.error_code != NGHTTP2_NO_ERROR) self(user).fail(H2Error{frame->goaway.error_code});
                if (frame->goaway.last_stream_id == last_of_all) self(user).notice_sent();
                break;
            default: break;
        }
        return 0;
    }

    static int not_sent(nghttp2_session* session, const nghttp2_frame* frame, int /*why*/, void* /*user*/) {
        // An answer that is too long for a header block: better no answer than a call that hangs.
        if (frame->hd.type == NGHTTP2_HEADERS && stream_of(session, frame->hd.stream_id) != nullptr) {
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_INTERNAL_ERROR);
        }
        return 0;
    }

    static int closed(nghttp2_session* session, std::int32_t id, std::uint32_t /*why*/, void* user) {
        if (H2Stream* const stream = stream_of(session, id); stream != nullptr) {
            nghttp2_session_set_stream_user_data(session, id, nullptr);
            stream->closed();
            self(user).owner_.closed(id);
        }
        return 0;
    }

    static ssize_t ask(nghttp2_session* session, std::int32_t id, std::uint8_t* /*into*/, std::size_t most,
                       std::uint32_t* flags, nghttp2_data_source* /*source*/, void* /*user*/) {
        H2Stream* const stream = stream_of(session, id);
        if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        const auto [bytes, last] = stream->waiting();
        if (bytes == 0 && !last) return NGHTTP2_ERR_DEFERRED;
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (last && bytes <= most) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
            if (stream->give_trailers()) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        }
        return static_cast<ssize_t>(std::min(bytes, most));
    }

    static int put(nghttp2_session* session, nghttp2_frame* frame, const std::uint8_t* head, std::size_t size,
                   nghttp2_data_source* /*source*/, void* user) {
        H2Stream* const stream = stream_of(session, frame->hd.stream_id);
        if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        std::string& out = *self(user).out_;
        out.append(text_of(head, 9));
        stream->take(size, out);
        return out.size() < self(user).limit_ ? 0 : NGHTTP2_ERR_PAUSE;
    }

    static nghttp2_session_callbacks* make() {
        nghttp2_session_callbacks* all = nullptr;
        if (nghttp2_session_callbacks_new(&all) != 0) throw std::bad_alloc();
        nghttp2_session_callbacks_set_on_begin_headers_callback(all, begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(all, header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, data);
        nghttp2_session_callbacks_set_on_frame_recv_callback(all, received);
        nghttp2_session_callbacks_set_on_frame_send_callback(all, sent);
        nghttp2_session_callbacks_set_on_frame_not_send_callback(all, not_sent);
        nghttp2_session_callbacks_set_on_stream_close_callback(all, closed);
        nghttp2_session_callbacks_set_send_data_callback(all, put);
        return all;
    }
};

H2Session::H2Session(Options options, H2Owner& owner)
    : options_(options), owner_(owner), our_resets_(options.resets, Clock::now()), their_resets_(our_resets_) {
    const std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)> hooks(
        Hooks::make(), &nghttp2_session_callbacks_del);
    nghttp2_option* raw = nullptr;
    if (nghttp2_option_new(&raw) != 0) throw std::bad_alloc();
    const std::unique_ptr<nghttp2_option, decltype(&nghttp2_option_del)> option(raw, &nghttp2_option_del);
    nghttp2_option_set_no_auto_window_update(raw, 1);
    nghttp2_option_set_no_closed_streams(raw, 1);
    // We count ourselves: its own bound would hang up on clients that often cancel.
    nghttp2_option_set_stream_reset_rate_limit(raw, 2 * std::uint64_t{options.resets}, options.resets);
    const bool server = options.side == Side::server;
    const int made = server ? nghttp2_session_server_new2(&session_, hooks.get(), this, raw)
                            : nghttp2_session_client_new2(&session_, hooks.get(), this, raw);
    if (made != 0) throw std::bad_alloc();
    const std::array<nghttp2_settings_entry, 4> settings = {{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(options.stream_window)},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(options.header_bytes)},
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
    }};
    // A server does not speak of push.
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size() - (server ? 1 : 0));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, options.connection_window);
}

H2Session::~H2Session() {
    nghttp2_session_del(session_);
}

void H2Session::receive(std::string_view bytes) {
    if (broken_) return;
    if (nghttp2_session_mem_recv(session_, bytes_of(bytes), bytes.size()) < 0) {
        fail(H2Error::protocol);
        broken_ = true;
    }
}

bool H2Session::produce(std::string& out, std::size_t limit) {
    out_ = &out;
    limit_ = limit;
    while (!broken_ && out.size() < limit) {
        const std::uint8_t* bytes = nullptr;
        // Data frames do not come out here: a hook puts them into `out`, and stops this when there is enough.
        const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
        if (size < 0) broken_ = true;
        if (size <= 0) break;
        out.append(text_of(bytes, static_cast<std::size_t>(size)));
    }
    out_ = nullptr;
    return !broken_ && nghttp2_session_want_write(session_) != 0;
}

bool H2Session::over() const {
    return broken_ || (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

void H2Session::respond(StreamId id, std::span<const HeaderField> head, bool body) {
    const auto fields = fields_of(head);
    nghttp2_data_provider provider{};
    provider.read_callback = Hooks::ask;
    nghttp2_submit_response(session_, id, fields.data(), fields.size(), body ? &provider : nullptr);
}

void H2Session::trailers(StreamId id, std::span<const HeaderField> fields) {
    const auto all = fields_of(fields);
    nghttp2_submit_trailer(session_, id, all.data(), all.size());
}

void H2Session::become(StreamId id, H2Stream& stream) {
    nghttp2_session_set_stream_user_data(session_, id, &stream);
}

void H2Session::resume(StreamId id) {
    nghttp2_session_resume_data(session_, id);
}

void H2Session::reset(StreamId id, H2Error why) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, static_cast<std::uint32_t>(why));
}

void H2Session::consumed(StreamId id, std::size_t bytes) {
    nghttp2_session_consume_stream(session_, id, bytes);
}

std::size_t H2Session::window(StreamId id) const {
    const std::int32_t stream = nghttp2_session_get_stream_remote_window_size(session_, id);
    const std::int32_t connection = nghttp2_session_get_remote_window_size(session_);
    return static_cast<std::size_t>(std::max(std::min(stream, connection), 0));
}

void H2Session::ping() {
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, alive_mark.data());
}

void H2Session::drain() {
    if (draining_) return;
    draining_ = true;
    nghttp2_submit_shutdown_notice(session_);
}

void H2Session::notice_sent() {
    // When this comes back, everything that was on its way before the notice was heard has come too. Not earlier: a ping
    // overtakes.
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, drain_mark.data());
}

void H2Session::terminate(H2Error why) {
    ending_ = true;
    nghttp2_session_terminate_session(session_, static_cast<std::uint32_t>(why));
}

void H2Session::stop_drain() {
    if (!draining_) return;
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                          NGHTTP2_NO_ERROR, nullptr, 0);
    owner_.drained();
}

void H2Session::fail(H2Error why) {
    if (why == H2Error::none || misbehaved_) return;
    misbehaved_ = true;
    owner_.misbehaved();
}

void H2Session::count_reset(RateLimit& resets) {
    // nghttp2 counts only the peer's, and goes on with what has been read already.
    if (!resets.take(Clock::now())) terminate(H2Error::enhance_your_calm);
}

}  // namespace varve::net
