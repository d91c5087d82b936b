"""A server on this machine that gives out repositories, charts and files.

It stands for whatever lies behind an address: no test leaves the machine.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.repositories import Repository

_OF_GIT = ("/info/refs", "/git-upload-pack")


class Server:
    """A running server: what it gives out, and what it was asked for."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []

    def put(self, name: str, content: str | bytes) -> str:
        """Give out a file, and return its address."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return f"{self.address}/{name}"

    def put_repository(self, name: str, files: Mapping[str, str | None]) -> str:
        """Give out a git repository with one commit, and return its address."""
        made = Repository(self.folder / f"{name}.work")
        made.commit(files)
        made.git("clone", "-q", "--bare", ".", str(self.folder / f"{name}.git"))
        return f"{self.address}/{name}.git"

    def put_chart(self, folder: str, name: str, files: Mapping[str, str]) -> str:
        """Give out version 1.0.0 of a chart, and return the address of its folder."""
        packed = io.BytesIO()
        told = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"}
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for path, text in {**told, **files}.items():
                entry = tarfile.TarInfo(f"{name}/{path}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        self.put(f"{folder}/{name}-1.0.0.tgz", packed.getvalue())
        index = self.folder / folder / "index.yaml"
        said = index.read_text() if index.exists() else "apiVersion: v1\nentries:\n"
        said += f"  {name}:\n  - {{name: {name}, version: 1.0.0, apiVersion: v2, "
        said += f"urls: [{name}-1.0.0.tgz]}}\n"
        self.put(f"{folder}/index.yaml", said)
        return f"{self.address}/{folder}"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Give out what lies in a folder until the end."""
    folder.mkdir(parents=True, exist_ok=True)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            path, _, query = self.path.partition("?")
            server.asked.append(self.path)
            if path.endswith(_OF_GIT):
                self._answer_of_git(path, query)
                return
            file = folder / path.lstrip("/")
            if not file.is_file():
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(file.read_bytes())

        def _answer_of_git(self, path: str, query: str) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                given = gzip.decompress(given)
            told = {
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(given)),
            }
            said = subprocess.run(
                ["git", "-c", "safe.directory=*", "http-backend"],
                input=given,
                env={"PATH": os.environ["PATH"], **told},
                capture_output=True,
                check=True,
            ).stdout
            head, _, body = said.partition(b"\r\n\r\n")
            fields = dict(
                line.split(": ", 1) for line in head.decode().split("\r\n") if line
            )
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for field, value in fields.items():
                self.send_header(field, value)
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = Server(folder, listening.server_address[1])
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
