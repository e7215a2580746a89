"""What Python's gRPC client sees of the transport. Usage: grpc_client.py <port> <case>; prints ok."""
import sys
import threading

import grpc

port, case = sys.argv[1], sys.argv[2]
PATIENCE = 60
OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def channel(*more):
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=[*OPTIONS, *more])


def unary(chan, path="/t/Unary"):
    return chan.unary_unary(path)


def code_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code(), error.details()
    return grpc.StatusCode.OK, ""


def case_unary(chan):
    for i in range(300):
        body = b"%d" % i * i
        assert unary(chan)(body, timeout=PATIENCE) == body
    assert unary(chan)(b"", timeout=PATIENCE) == b""


def case_big(chan):
    body = bytes(range(256)) * 4 * 3072
    assert unary(chan)(body, timeout=PATIENCE) == body


def case_many_at_once(chan):
    calls = [unary(chan).future(b"%d" % i, timeout=PATIENCE) for i in range(2000)]
    assert [call.result() for call in calls] == [b"%d" % i for i in range(2000)]


def case_client_stream(chan):
    answer = chan.stream_unary("/t/Collect")((b"x" * 100 for _ in range(20000)), timeout=PATIENCE)
    assert answer == b"20000 2000000", answer
    assert chan.stream_unary("/t/Collect")(iter(()), timeout=PATIENCE) == b"0 0"


def case_server_stream(chan):
    count = 0
    for message in chan.unary_stream("/t/Count")(b"200000 400", timeout=PATIENCE):
        assert len(message) == 400
        count += 1
    assert count == 200000, count


def case_bidi(chan):
    sent = [b"%d" % i * (i % 50) for i in range(5000)]
    assert list(chan.stream_stream("/t/Bidi")(iter(sent), timeout=PATIENCE)) == sent
    turns = threading.Semaphore(0)

    def one_by_one():
        for i in range(200):
            yield b"%d" % i
            assert turns.acquire(timeout=PATIENCE)

    for i, message in enumerate(chan.stream_stream("/t/Bidi")(one_by_one(), timeout=PATIENCE)):
        assert message == b"%d" % i
        turns.release()


def case_too_large(chan):
    code, text = code_of(lambda: unary(chan)(bytes(18 << 20), timeout=PATIENCE))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED, code
    assert "smaller" in text, text
    assert unary(chan)(b"next", timeout=PATIENCE) == b"next"


def case_unknown(chan):
    code, text = code_of(lambda: unary(chan, "/t/Nothing")(b"", timeout=PATIENCE))
    assert code == grpc.StatusCode.UNIMPLEMENTED, code
    assert "/t/Nothing" in text, text


def case_deadline(chan):
    code, _ = code_of(lambda: unary(chan, "/t/Hang")(b"", timeout=0.1))
    assert code == grpc.StatusCode.DEADLINE_EXCEEDED, code
    assert unary(chan)(b"next", timeout=PATIENCE) == b"next"


def case_cancel(chan):
    for _ in range(200):
        call = chan.unary_stream("/t/Count")(b"1000000 1000", timeout=PATIENCE)
        next(call)
        call.cancel()
        assert unary(chan)(b"next", timeout=PATIENCE) == b"next"


def case_metadata(chan):
    sent = [("x-text", "plain"), ("x-bytes-bin", b"\x00\xff,\x01"), ("x-twice", "a"), ("x-twice", "b"), ("x-empty-bin", b"")]
    answer, call = unary(chan, "/t/Metadata").with_call(b"", timeout=PATIENCE, metadata=sent)
    assert answer.startswith(b"127.0.0.1:"), answer
    got = [(m.key, m.value) for m in call.trailing_metadata()]
    assert got == sent, got


def case_status(chan):
    try:
        unary(chan, "/t/Fail")("10 gr\u00fc\u00dfe, 100%\n".encode(), timeout=PATIENCE)
        raise AssertionError("no error")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.ABORTED, error.code()
        assert error.details() == "gr\u00fc\u00dfe, 100%\n", error.details()
        trailers = dict(error.trailing_metadata())
        assert trailers["grpc-status-details-bin"] == b"\x00\xff details", trailers
        assert trailers["exception"] == "wr%C3%B6ng", trailers


def case_early(chan):
    def endless():
        for _ in range(10000):
            yield b"y" * 10000

    for _ in range(20):
        code, text = code_of(lambda: chan.stream_unary("/t/Early")(endless(), timeout=PATIENCE))
        assert code == grpc.StatusCode.FAILED_PRECONDITION, code
        assert text == "enough after yyyyyyyyyy", text
    assert unary(chan)(b"next", timeout=PATIENCE) == b"next"


def case_compressed(chan):
    zipped = grpc.insecure_channel(f"127.0.0.1:{port}", compression=grpc.Compression.Gzip)
    code, text = code_of(lambda: unary(zipped)(b"z" * 10000, timeout=PATIENCE))
    assert code == grpc.StatusCode.UNIMPLEMENTED, code
    assert "compress" in text.lower(), text


def case_pings(chan):
    pinging = channel(("grpc.keepalive_time_ms", 300), ("grpc.keepalive_timeout_ms", 5000),
                      ("grpc.http2.max_pings_without_data", 0), ("grpc.keepalive_permit_without_calls", 1))
    code, _ = code_of(lambda: unary(pinging, "/t/Hang")(b"", timeout=3))
    assert code == grpc.StatusCode.DEADLINE_EXCEEDED, code
    assert unary(pinging)(b"next", timeout=PATIENCE) == b"next"


with channel() as opened:
    globals()[f"case_{case}"](opened)
print("ok")
