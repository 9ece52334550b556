"""`partnerhub serve`, `worker` and `migrate`: what they say when they cannot do their work, each in one line."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import request

from partnerhub import create_app
from partnerhub.cli.running import _bound
from partnerhub.jobs.queue import queue_of
from tests.test_settings import SAFE

COMMAND = Path(sys.executable).parent / "partnerhub"
NOT_MIGRATED = "partnerhub: The database has not been migrated: run `partnerhub migrate`"


def _run(folder, *words, **settings):
    own = {"HUB_ENV": "development", "DATABASE_URL": f"sqlite:///{folder}/hub.db", "INSTANCE_FOLDER": str(folder)}
    told = subprocess.run([COMMAND, *words], env={"PATH": os.environ["PATH"]} | own | settings, capture_output=True, text=True, timeout=60)
    return told.returncode, told.stdout, told.stderr.splitlines()


@pytest.fixture
def run(tmp_path):
    """Runs `partnerhub …` as a process on a database of its own: (exit code, standard output, lines on standard error)."""
    return partial(_run, tmp_path)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A database that was migrated, in a folder that was not there before; to be copied."""
    folder = tmp_path_factory.mktemp("migrated") / "new"
    assert _run(folder, "migrate")[0] == 0
    return folder / "hub.db"


@pytest.mark.parametrize("words", [("serve", "--port", "1"), ("worker",), ("accounts",)])
def test_a_database_that_was_not_migrated_is_told_before_anything_answers(run, words):
    assert run(*words) == (1, "", [NOT_MIGRATED])


def test_a_port_in_use_is_named_with_the_remedy_and_nothing_answers(run, tmp_path, migrated):
    shutil.copy(migrated, tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, error = run("serve", "--port", str(port))
    assert (code, out, error) == (1, "", [f"partnerhub: Port {port} is in use: try PORT={port + 1}"])


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_does_not_exist_is_refused(run, port):
    code, _, error = run("serve", "--port", port)
    assert code == 2 and "1<=x<=65535" in error[-1]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rubbish", "DATABASE_URL must begin with"),
        ("mysql://hub@db/hub", "DATABASE_URL must begin with"),
        ("postgresql://hub@127.0.0.1:1/hub", "could not be used"),
        ("sqlite:////nowhere/hub.db", "could not be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_wrong_advice(run, url, said):
    code, out, error = run("accounts", DATABASE_URL=url)
    assert (code, out, len(error)) == (1, "", 1)
    assert said in error[0] and "partnerhub migrate" not in error[0]


@pytest.mark.parametrize("words", [("accounts",), ("backup", "copy"), ("migrate",)])
def test_a_file_that_is_no_database_is_one_line_whatever_is_asked_of_it(run, tmp_path, words):
    (tmp_path / "hub.db").write_bytes(b"no database of any kind, but long enough to be taken for one" * 100)
    code, _, error = run(*(str(tmp_path / each) if each == "copy" else each for each in words))
    assert (code, error) == (1, ["partnerhub: The database at DATABASE_URL could not be used: file is not a database"])


def test_words_that_are_no_text_are_told_in_one_line(run, tmp_path, migrated):
    shutil.copy(migrated, tmp_path)
    assert run("summary", b"\xff")[::2] == (1, ["partnerhub: What was typed or is in the file is not text in UTF-8."])


def test_a_database_that_somebody_else_holds_is_told_in_one_line(run, tmp_path, migrated):
    shutil.copy(migrated, tmp_path)
    with sqlite3.connect(tmp_path / "hub.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        code, _, error = run("administrator", "invite", "one@example.org")
    holder.close()
    assert (code, error) == (1, ["partnerhub: The database at DATABASE_URL could not be used: database is locked"])


def test_two_hubs_in_one_folder_have_a_queue_each(tmp_path):
    for name in ("one", "two"):
        queue_of(create_app({"HUB_ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path}/{name}.db", "INSTANCE_FOLDER": str(tmp_path)}))
    assert len(list(tmp_path.glob("jobs-*.db"))) == 2


@pytest.mark.parametrize(("proxies", "seen_as"), [("1", "198.51.100.7"), ("0", "127.0.0.1")])
def test_the_built_in_server_believes_as_many_proxies_about_the_caller_as_were_set(tmp_path, proxies, seen_as):
    """Otherwise everybody behind the proxy has one address, and the wrong passwords of one lock out all."""
    app = create_app({"HUB_ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path}/hub.db", "PROXIES": proxies})
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    server, over = _bound(app, "127.0.0.1", 0, 1), threading.Event()
    thread = threading.Thread(
        target=lambda: [server.asyncore.loop(timeout=0.05, map=server._map, count=1) for _ in iter(over.is_set, True)]
    )
    thread.start()
    asking = HTTPConnection("127.0.0.1", server.effective_port)
    asking.request("GET", "/sign-in", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert asking.getresponse().status == 200
    asking.close()
    over.set()
    thread.join()
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)
    assert seen == [seen_as]


def test_a_web_server_is_told_in_its_log_that_it_serves_a_hub_in_development(tmp_path):
    own = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path}/hub.db", "INSTANCE_FOLDER": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", "import wsgi"], env=own, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0
    assert "anybody who reaches this hub can read its mail" in told.stderr
    real = subprocess.run([sys.executable, "-c", "import wsgi"], env=own | SAFE, capture_output=True, text=True, timeout=60)
    assert (real.returncode, real.stderr) == (0, "")
