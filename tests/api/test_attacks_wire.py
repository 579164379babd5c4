"""Attacks below HTTP's good manners, over a real socket: oversized, slow, doubly framed and misaddressed requests."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest
import uvicorn

from models.access import Role
from tests.api.arena import API, Arena
from tests.api.conftest import key_for

MB = 1_000_000


class Wire(NamedTuple):
    arena: Arena
    port: int
    key: str

    def send(self, *pieces: bytes, hang_up: bool = False) -> bytes:
        """What comes back until the server closes or falls silent."""
        with closing(self.open()) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all was sent
            if hang_up:
                line.shutdown(socket.SHUT_WR)
            return received(line)

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def head(self, method: str, path: str, *headers: str, host: str = "chanjiao.example") -> bytes:
        named = [f"Host: {host}", f"Authorization: {self.key}", "Connection: close", *headers]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *named, "", ""]).encode()


def received(line: socket.socket) -> bytes:
    found = b""
    try:
        while block := line.recv(65_536):
            found += block
    except (TimeoutError, ConnectionResetError):
        pass
    return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    arena = Arena(tmp_path_factory.mktemp("wire"))
    server = uvicorn.Server(uvicorn.Config(arena.app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not (server.started and arena.app.state.services.follower.ready.is_set()):
        time.sleep(0.05)
    key = key_for(arena.app, Role.ENTERPRISE_HR, organisation=arena.ids["rival"])["authorization"]
    yield Wire(arena, server.servers[0].sockets[0].getsockname()[1], key)
    server.should_exit = True
    thread.join(30)


def a_posting_of(size: int) -> bytes:
    return json.dumps({"title": "电工", "organisation": "外地企业", "description": "x" * size}).encode()


JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
DRAFTS = f"{API}/postings/drafts"


def chunks(body: bytes, size: int = 65_536) -> list[bytes]:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [b"%x\r\n%s\r\n" % (len(part), part) for part in parts] + [b"0\r\n\r\n"]


def test_an_announced_body_above_the_limit_is_refused(wire: Wire) -> None:
    body = a_posting_of(3 * MB)
    answer = wire.send(wire.head("POST", DRAFTS, JSON, f"Content-Length: {len(body)}"), body)
    assert status(answer) == 413


def test_a_chunked_body_above_the_limit_is_refused(wire: Wire) -> None:
    assert status(wire.send(wire.head("POST", DRAFTS, JSON, CHUNKED), *chunks(a_posting_of(3 * MB)))) == 413


@pytest.mark.parametrize("said", ["Content-Length: 10", "content-length: 0"])
def test_a_small_length_beside_chunks_hides_no_large_body(wire: Wire, said: str) -> None:
    before = wire.arena.state()
    answer = wire.send(wire.head("POST", DRAFTS, JSON, said, CHUNKED), *chunks(a_posting_of(3 * MB)))
    assert status(answer) in (400, 413)
    assert wire.arena.state() == before


@pytest.mark.parametrize(
    "framing",
    [
        ("Content-Length: 5", "Content-Length: 60"),
        ("Content-Length: -1",),
        ("Content-Length: 5, 60",),
        ("Content-Length: 0x10",),
        ("Content-Length: " + "9" * 5_000,),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 5\nX-A: b",),
        (" X-Folded: a",),
    ],
    ids=[
        "两个长度",
        "负长度",
        "两值长度",
        "十六进制长度",
        "五千位长度",
        "两种编码",
        "不识的编码",
        "冒号前空格",
        "裸换行",
        "折行的头",
    ],
)
def test_ambiguous_framing_smuggles_no_second_request(wire: Wire, framing: tuple[str, ...]) -> None:
    before = wire.arena.state()
    smuggled = f"DELETE {API}/me/keys/{wire.arena.ids['key']} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    answer = wire.send(wire.head("POST", f"{API}/sessions", JSON, *framing), b"0\r\n\r\n", smuggled)
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert status(answer) in (0, 400, 401, 413, 415, 422, 501)
    assert b"Traceback" not in answer
    assert wire.arena.state() == before


def test_a_chunk_size_that_lies_is_no_body(wire: Wire) -> None:
    answer = wire.send(
        wire.head("POST", DRAFTS, JSON, CHUNKED), b"ffffffffffffffff\r\n{}", b"\r\n0\r\n\r\n", hang_up=True
    )
    assert status(answer) in (0, 400, 413)


def test_headers_without_end_are_cut_off(wire: Wire) -> None:
    answer = wire.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ", b"a" * 2 * MB)
    assert status(answer) in (0, 400, 431)


def test_requests_that_trickle_in_keep_nobody_waiting(wire: Wire) -> None:
    """Sixty half-sent requests are open, more than there are threads, while everybody else is served."""
    body = a_posting_of(1_000)
    slow = []
    for number in range(60):
        line = wire.open()
        head = wire.head("POST", DRAFTS, JSON, f"Content-Length: {len(body)}")
        line.sendall(head[: len(head) // 2] if number % 2 else head + body[:10])
        slow.append(line)
    try:
        for step in range(10):
            for line in slow[1::2]:
                line.sendall(b"X" if step else b"")
            assert status(wire.send(wire.head("GET", f"{API}/postings"))) == 200
    finally:
        for line in slow:
            line.close()
    assert status(wire.send(wire.head("GET", f"{API}/postings"))) == 200


@pytest.mark.parametrize("host", ["evil.example", 'a"><script>alert(1)</script>', "evil.example:80@a", "a/../b"])
def test_an_invented_host_leads_nowhere(wire: Wire, host: str) -> None:
    answer = wire.send(wire.head("GET", "/talents/1/data", "Accept: text/html", host=host))
    assert status(answer) in (303, 400, 403)
    assert b"evil.example" not in answer
    assert b"<script>alert" not in answer


def test_an_invented_host_is_kept_by_no_cache(wire: Wire) -> None:
    """A feed has to name its own address; so nobody between may keep what one caller's host made of it."""
    answer = wire.send(wire.head("GET", f"{API}/lists/policies/feed.json", host="evil.example"))
    assert status(answer) == 200
    assert b"cache-control: no-store" in answer


def test_no_answer_names_the_server(wire: Wire) -> None:
    answer = wire.send(wire.head("GET", "/"))
    assert b"python" not in answer.lower().split(b"\r\n\r\n")[0]


def test_an_address_written_in_full_is_no_proxy(wire: Wire) -> None:
    assert status(wire.send(wire.head("GET", "http://169.254.169.254/latest/meta-data/"))) == 404


def test_a_connection_is_not_tunnelled_or_upgraded(wire: Wire) -> None:
    assert status(wire.send(wire.head("CONNECT", "169.254.169.254:80"))) in (400, 404, 405)
    upgraded = wire.send(wire.head("GET", "/", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"))
    assert status(upgraded) == 200
