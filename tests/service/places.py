"""Where a service keeps files and results in these tests: a folder, and an object store that runs within this process."""

import logging
import os
import secrets
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from unmask.service.store.folder import FolderStorage
from unmask.service.store.objects import ObjectStorage, open_objects
from unmask.service.store.storage import Storage

PREFIX = "unmask"


@runtime_checkable
class Place(Protocol):
    """A storage, looked at from beside."""

    @property
    def storage(self) -> Storage: ...

    def files(self) -> set[str]:
        """Names of all that lies in it, without what is on its way."""

    def content(self, name: str) -> bytes: ...

    def put(self, name: str, content: bytes) -> None: ...

    def lose(self, name: str) -> None: ...

    def age(self, name: str, seconds: float) -> None:
        """Let a file, or all that lies below a name, have been written earlier."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """A folder."""

    storage: FolderStorage

    def files(self) -> set[str]:
        found = (path.relative_to(self.storage.folder) for path in self.storage.folder.rglob("*") if path.is_file())
        return {str(path) for path in found if path.parts[0] in {"media", "results"}}

    def content(self, name: str) -> bytes:
        return (self.storage.folder / name).read_bytes()

    def put(self, name: str, content: bytes) -> None:
        (self.storage.folder / name).write_bytes(content)

    def lose(self, name: str) -> None:
        (self.storage.folder / name).unlink()

    def age(self, name: str, seconds: float) -> None:
        os.utime(self.storage.folder / name, (time.time() - seconds,) * 2)


@dataclass(frozen=True, slots=True)
class InObjects:
    """A bucket, in which names begin with a prefix."""

    storage: ObjectStorage
    bucket: str

    def files(self) -> set[str]:
        return {key.removeprefix(f"{PREFIX}/") for key in self._keys()}

    def content(self, name: str) -> bytes:
        content: bytes = self._keys()[f"{PREFIX}/{name}"].value
        return content

    def put(self, name: str, content: bytes) -> None:
        backend().put_object(self.bucket, f"{PREFIX}/{name}", content)

    def lose(self, name: str) -> None:
        backend().delete_object(self.bucket, f"{PREFIX}/{name}")

    def age(self, name: str, seconds: float) -> None:
        for key, found in self._keys().items():
            if key.startswith(f"{PREFIX}/{name}"):
                found.last_modified = datetime.fromtimestamp(time.time() - seconds, UTC).replace(tzinfo=None)

    def _keys(self) -> Mapping[str, Any]:
        return dict(backend().buckets[self.bucket].keys.items())  # the newest of each


def backend() -> Any:
    """What the object stores of this process hold; it outlives their servers."""
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def new_bucket() -> str:
    name = f"bucket-{secrets.token_hex(6)}"
    backend().create_bucket(name, "us-east-1")
    return name


def place_in_objects(folder: Path, bucket: str | None = None) -> InObjects:
    named = bucket or new_bucket()
    return InObjects(open_objects(f"{named}/{PREFIX}", folder), named)


class ObjectServer:
    """An object store that can be stopped and started."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs each request
        self._server = ThreadedMotoServer("127.0.0.1", 0)
        self._server.start()
        _, self.port = self._server.get_host_and_port()

    @property
    def environment(self) -> dict[str, str]:
        """By which a process finds it, and nothing of whoever runs the tests."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "id-of-nobody",
            "AWS_SECRET_ACCESS_KEY": "hushhush",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nonexistent/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def stop(self) -> None:
        self._server.stop()

    def start_again(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port)
        self._server.start()


@contextmanager
def object_server() -> Generator[ObjectServer]:
    server = ObjectServer()
    try:
        yield server
    finally:
        server.stop()
