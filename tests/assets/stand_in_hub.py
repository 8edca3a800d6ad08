"""A stand-in for the Hugging Face Hub on loopback: it serves folders as repositories, as the Hub answers its clients.

    with StandInHub(models={"gpt2": folder}, datasets={"mteb/tweet_sentiment_extraction": other}) as hub:
        subprocess.run([...], env={"HF_ENDPOINT": hub.endpoint, "HF_HOME": cache})
        assert "GET /api/models/gpt2/revision/main" in hub.requests

Repositories can be made and committed to as well, by who sends `token`, in the protocol of Git LFS.

A key `name@revision` serves a folder as another branch. `push` makes a new commit; old ones stay, and are read from the
folder that they were made of. A repository in `private` exists only for who sends `token`; one in `gated` shows its
file list and README to all, its files only to who sends `token`.
"""

import base64
import hashlib
import json
import re
import tempfile
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

Kind = Literal["models", "datasets"]

LARGE = 1_000_000
ALWAYS_LARGE = {".safetensors", ".bin", ".parquet", ".arrow", ".h5", ".msgpack"}

_API = re.compile(r"/api/(models|datasets)/(.+?)(?:/(revision|tree|paths-info)/([^/]+)(?:/(.*))?)?")
_COMMIT = re.compile(r"/api/(models|datasets)/(.+?)/(preupload|commit)/([^/]+)")
_LFS_BATCH = re.compile(r"/(.+?)\.git/info/lfs/objects/batch")
_FILE = re.compile(r"/(?:(datasets)/)?(.+?)/resolve/([^/]+)/(.+)")


@dataclass(frozen=True)
class StoredFile:
    """A file of a commit. Large files (`sha256` given) are what the Hub keeps in LFS."""

    path: str
    source: Path
    size: int
    git_sha1: str
    sha256: str | None

    @property
    def etag(self) -> str:
        return self.sha256 or self.git_sha1

    def to_tree_entry(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"type": "file", "path": self.path, "size": self.size, "oid": self.git_sha1}
        if self.sha256:
            entry["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": 134}
        return entry

    def to_sibling(self) -> dict[str, Any]:
        sibling: dict[str, Any] = {"rfilename": self.path, "size": self.size, "blobId": self.git_sha1}
        if self.sha256:
            sibling["lfs"] = {"sha256": self.sha256, "size": self.size, "pointerSize": 134}
        return sibling


@dataclass(frozen=True)
class Commit:
    """What a repository holds at one point; its sha follows from the content alone."""

    sha: str
    files: dict[str, StoredFile]
    card: dict[str, Any]

    def tree(self, folder: str, *, recursive: bool) -> list[dict[str, Any]]:
        prefix = f"{folder}/" if folder else ""
        inside = [path.removeprefix(prefix) for path in self.files if path.startswith(prefix)]
        folders = sorted(
            {"/".join(path.split("/")[:depth]) for path in inside for depth in range(1, path.count("/") + 1)}
        )
        entries: list[dict[str, Any]] = [
            {"type": "directory", "path": prefix + name, "size": 0, "oid": _sha1(name)} for name in folders
        ]
        entries += [self.files[prefix + path].to_tree_entry() for path in inside]
        return [entry for entry in entries if recursive or "/" not in entry["path"].removeprefix(prefix)]


class StandInHub:
    """The server; a context manager. `requests` lists what was asked, as `METHOD /path`."""

    def __init__(
        self,
        models: Mapping[str, Path] | None = None,
        datasets: Mapping[str, Path] | None = None,
        *,
        private: Collection[str] = (),
        gated: Collection[str] = (),
        token: str = "hf_stand_in",
    ) -> None:
        self.private = set(private)
        self.gated = set(gated)
        self.token = token
        self.requests: list[str] = []
        self.status: int | None = None  # when set, every answer has this status and no content
        self._commits: dict[tuple[str, str], dict[str, Commit]] = {}
        self._refs: dict[tuple[str, str], dict[str, str]] = {}
        self._uploads = tempfile.TemporaryDirectory()
        self._push_all("models", models or {})
        self._push_all("datasets", datasets or {})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._uploads.cleanup()

    def push(self, kind: Kind, name: str, folder: Path, revision: str = "main") -> str:
        """Serve the present content of `folder` as a new commit of `revision`, and return its sha."""
        commit = _commit_of(folder)
        self._commits.setdefault((kind, name), {})[commit.sha] = commit
        self._refs.setdefault((kind, name), {})[revision] = commit.sha
        return commit.sha

    def _push_all(self, kind: Kind, folders: Mapping[str, Path]) -> None:
        for key, folder in folders.items():
            name, _, revision = key.partition("@")
            self.push(kind, name, folder, revision or "main")

    def exists(self, kind: str, name: str) -> bool:
        return (kind, name) in self._commits

    def make(self, name: str, *, private: bool) -> None:
        """Make an empty repository of a model, as the Hub does: with a list of what is large."""
        folder = self._new_folder()
        (folder / ".gitattributes").write_text("*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
        self.push("models", name, folder)
        if private:
            self.private.add(name)

    def large_file(self, sha256: str) -> Path:
        """Where the content of a large file lies before a commit names it."""
        return Path(self._uploads.name) / sha256

    def change(self, name: str, revision: str, lines: list[dict[str, Any]]) -> str:
        """Make a commit of what the lines say beside what is there, and return its sha."""
        parent, folder = self.commit("models", name, revision), self._new_folder()
        assert parent is not None
        contents = {file.path: file.source.read_bytes() for file in parent.files.values()}
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                contents[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                contents[value["path"]] = self.large_file(value["oid"]).read_bytes()
            elif line["key"] == "deletedFile":
                del contents[value["path"]]
        for path, content in contents.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return self.push("models", name, folder, revision)

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._uploads.name))

    def commit(self, kind: str, name: str, revision: str = "main") -> Commit | None:
        sha = self._refs[kind, name].get(revision, revision)
        return self._commits[kind, name].get(sha)


class _Handler(BaseHTTPRequestHandler):
    hub: StandInHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the client waits 40 ms for each answer's content

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.hub.requests.append(f"{self.command} {url.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.hub.status is not None:
            self._refuse(self.hub.status)
        elif api := _API.fullmatch(url.path):
            self._answer_api(api, parse_qs(url.query) | parse_qs(body))
        elif file := _FILE.fullmatch(url.path):
            self._answer_file(file)
        elif url.path == "/api/agent-harnesses":
            self._send_json({"standardEnvVars": [], "harnesses": {}})
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        self.do_GET()  # `_send` leaves the content out

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        batch, commit = _LFS_BATCH.fullmatch(url.path), _COMMIT.fullmatch(url.path)
        if not (batch or commit or url.path in ("/api/repos/create", "/api/validate-yaml")):
            self.do_GET()
            return
        self.hub.requests.append(f"POST {url.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.hub.status is not None:
            self._refuse(self.hub.status)
        elif url.path == "/api/validate-yaml":
            self._send_json({"errors": [], "warnings": []})
        elif not self._has_token():
            self._refuse(HTTPStatus.UNAUTHORIZED, message="Invalid username or password.")
        elif url.path == "/api/repos/create":
            self._make(json.loads(body))
        elif batch:
            self._answer_batch(json.loads(body))
        elif commit:
            self._answer_commit(commit, body)

    def do_PUT(self) -> None:
        name = urlsplit(self.path).path.rsplit("/", 1)[-1]
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if hashlib.sha256(content).hexdigest() != name:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        self.hub.large_file(name).write_bytes(content)
        self._send(HTTPStatus.OK, b"", {})

    def _make(self, asked: dict[str, Any]) -> None:
        name = "/".join(filter(None, (asked.get("organization"), asked["name"])))
        if self.hub.exists("models", name):
            status = HTTPStatus.CONFLICT
        else:
            status = HTTPStatus.OK
            self.hub.make(name, private=bool(asked.get("private")) or asked.get("visibility") == "private")
        self._send_json({"url": f"{self.hub.endpoint}/{name}", "name": name, "id": name}, status)

    def _answer_batch(self, asked: dict[str, Any]) -> None:
        objects = [
            {**one, "actions": {"upload": {"href": f"{self.hub.endpoint}/lfs/{one['oid']}"}}}
            for one in asked["objects"]
            if not self.hub.large_file(one["oid"]).exists()
        ]
        self._send_json({"transfer": "basic", "objects": objects})

    def _answer_commit(self, match: re.Match[str], body: str) -> None:
        kind, name, action, revision = match.groups()
        if self._find(kind, name, unquote(revision)) is None:
            return
        if action == "preupload":
            files = [
                {
                    "path": file["path"],
                    "uploadMode": "lfs"
                    if Path(file["path"]).suffix in ALWAYS_LARGE or file["size"] > LARGE
                    else "regular",
                    "shouldIgnore": False,
                }
                for file in json.loads(body)["files"]
            ]
            self._send_json({"files": files})
            return
        sha = self.hub.change(name, unquote(revision), [json.loads(line) for line in body.splitlines() if line])
        page = f"{self.hub.endpoint}/{name}/commit/{sha}"
        self._send_json({"success": True, "commitOid": sha, "commitUrl": page})

    def _answer_api(self, match: re.Match[str], query: dict[str, list[str]]) -> None:
        kind, name, action, revision, path = match.groups()
        commit = self._find(kind, name, unquote(revision or "main"))
        if commit is None:
            return
        if action == "paths-info":
            self._send_json([commit.files[path].to_tree_entry() for path in query["paths"] if path in commit.files])
        elif action == "tree":
            entries = commit.tree(unquote(path or ""), recursive=query.get("recursive") == ["true"])
            if entries or not path:
                self._send_json(entries)
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "EntryNotFound", f"{path} does not exist on {revision}")
        else:
            self._send_json(self._info(name, commit, blobs=query.get("blobs") == ["true"]))

    def _info(self, name: str, commit: Commit, *, blobs: bool) -> dict[str, Any]:
        files = commit.files.values()
        licence = commit.card.get("license")
        return {
            "id": name,
            "sha": commit.sha,
            "private": name in self.hub.private,
            "gated": "manual" if name in self.hub.gated else False,
            "tags": [f"license:{licence}"] if licence else [],
            "cardData": commit.card,
            "siblings": [file.to_sibling() if blobs else {"rfilename": file.path} for file in files],
        }

    def _answer_file(self, match: re.Match[str]) -> None:
        kind, name, revision, path = match[1] or "models", match[2], unquote(match[3]), unquote(match[4])
        commit = self._find(kind, name, revision)
        if commit is None:
            return
        if name in self.hub.gated and path != "README.md" and not self._has_token():
            self._refuse(HTTPStatus.FORBIDDEN, "GatedRepo", f"Access to {name} is restricted.")
        elif path not in commit.files:
            self._refuse(HTTPStatus.NOT_FOUND, "EntryNotFound", "Entry not found", {"X-Repo-Commit": commit.sha})
        else:
            self._send_file(commit, commit.files[path])

    def _find(self, kind: str, name: str, revision: str) -> Commit | None:
        """Return the commit; where there is none to be shown, answer why and return None."""
        hub: StandInHub = self.hub
        if self.headers.get("Authorization", "").startswith("Bearer") and not self._has_token():
            self._refuse(HTTPStatus.UNAUTHORIZED, message="Invalid credentials in Authorization header")
        elif name in hub.private and not self._has_token():
            self._refuse(HTTPStatus.UNAUTHORIZED, message="Invalid username or password.")
        elif not hub.exists(kind, name):
            self._refuse(HTTPStatus.NOT_FOUND, "RepoNotFound", "Repository not found")
        elif (commit := hub.commit(kind, name, revision)) is None:
            self._refuse(HTTPStatus.NOT_FOUND, "RevisionNotFound", f"Invalid rev id: {revision}")
        else:
            return commit
        return None

    def _has_token(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.hub.token}"

    def _send_file(self, commit: Commit, file: StoredFile) -> None:
        headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"}
        if file.sha256:
            headers |= {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size)}
        content = file.source.read_bytes()
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            self._send(HTTPStatus.OK, content, headers)
            return
        first, last = int(wanted[1]), min(int(wanted[2] or file.size), file.size - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
        self._send(HTTPStatus.PARTIAL_CONTENT, content[first : last + 1], headers)

    def _send_json(self, value: object, status: int = HTTPStatus.OK) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _refuse(self, status: int, code: str = "", message: str = "", headers: Mapping[str, str] | None = None) -> None:
        explanation = {"X-Error-Code": code, "X-Error-Message": message}
        self._send(status, b"", {**(headers or {}), **{key: value for key, value in explanation.items() if value}})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's own name
        """Keep the terminal clean."""


def _commit_of(folder: Path) -> Commit:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {file.path: file for file in (_stored(path, path.relative_to(folder).as_posix()) for path in paths)}
    return Commit(_sha1("".join(f"{path} {file.etag}\n" for path, file in files.items())), files, _card(folder))


def _stored(source: Path, path: str) -> StoredFile:
    content = source.read_bytes()
    is_large = source.suffix in ALWAYS_LARGE or len(content) > LARGE
    return StoredFile(
        path=path,
        source=source,
        size=len(content),
        git_sha1=hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest() if is_large else None,
    )


def _card(folder: Path) -> dict[str, Any]:
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    head = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    try:
        card = yaml.safe_load(head[1]) if head else None
    except yaml.YAMLError:
        card = None
    return card if isinstance(card, dict) else {}


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()
