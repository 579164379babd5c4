"""Starts the real service again and again without paying for its imports each time.

    python -m tests.crashing FOLDER [DATABASE_URL]

Imports once, then forks one service for each line on standard input and answers with its process id and port.
A service so born is what `chanjiao serve` runs: the same store, application and server, in a process of its own.
To be run with one OpenMP thread: its pool does not survive a fork.
"""

import json
import logging
import os
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
import uvicorn

from api.app import create_app
from api.bootstrap import build
from api.settings import Settings
from tests.api.conftest import administrator, body_of, settings_for_tests
from tests.builders import a_posting


def main() -> None:
    var, url = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    interval = timedelta(milliseconds=200)
    settings = Settings(var=var, database_url=url, encoder="hashing", sample=False, follow_interval=interval)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for _ in sys.stdin:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            serve(settings, listener)
            os._exit(0)
        sys.stdout.write(json.dumps({"pid": pid, "port": listener.getsockname()[1]}) + "\n")
        sys.stdout.flush()
        listener.close()


def warm_up() -> None:
    """Publish one posting elsewhere: what the first request loads is loaded before any fork."""
    with TemporaryDirectory() as folder, administrator(create_app(settings_for_tests(Path(folder)))) as client:
        assert client.post("/api/v1/postings", json=body_of(a_posting())).is_success


def serve(settings: Settings, listener: socket.socket) -> None:
    services = build(settings)
    config = uvicorn.Config(create_app(services=services), log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
