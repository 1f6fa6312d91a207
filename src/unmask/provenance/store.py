"""A file's manifest store, read and validated behind walls: how much there is of it, and what it says."""

import importlib.util
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.errors import MissingComponent
from unmask.media import sandbox
from unmask.settings import Settings
from unmask.types import Action, Signer

STORE_MARK = bytes.fromhex("6a756d64 63327061 00110010 800000aa00389b71")
"""How the description of every manifest store begins, whatever the format of the file: ``jumd`` and the store's UUID."""
LENGTH_BEFORE_MARK = 12
"""The store's length in bytes stands so many bytes before its mark."""
LARGEST_STORE_BYTES = 32 << 20
LARGEST_ANSWER_BYTES = 16 << 20
SEARCH_BLOCK_BYTES = 1 << 22
BOOT = "import sys; sys.path += sys.argv[2:]; from unmask.provenance.child.reading import main; main()"
SLOWEST_BYTES_PER_SECOND = 5_000_000
"""A file that is hashed slower than this is held to be an attack."""
PURPOSES = "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n"
"""What a signer's certificate may be for: claim signing, or e-mail protection as the standard's first editions say."""


class Told(BaseModel):
    """What the child says, so far as it has the shape that was agreed on."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Told):
    """A failure of validation, by its code in the standard."""

    code: str
    explanation: str


class Node(Told):
    """A manifest or an ingredient without one, and what it was made from."""

    label: str | None
    title: str
    form: str | None
    relationship: str
    generator: str | None
    signer: Signer | None
    actions: tuple[Action, ...]
    ingredients: "tuple[Node, ...]"
    problems: tuple[Problem, ...]


class Store(Told):
    """A manifest store that was read.

    Attributes:
        state: ``Trusted``, ``Valid`` or ``Invalid``, as the library says.
        failures: What is wrong with the active manifest.
        changed_ingredients: What is wrong with ingredients and was not noted when they were used.
        tree: None when there is no active manifest.
        essence: Content of the assertion that was asked for, None when there is none.
    """

    state: str
    failures: tuple[Problem, ...]
    changed_ingredients: tuple[Problem, ...]
    tree: Node | None
    essence: Any


class Fault(Told):
    """A manifest store that could not be read.

    Attributes:
        fault: Kind of the error, as the library names it; ``ManifestNotFound`` when there is none.
    """

    fault: Annotated[str, Field(max_length=100)]
    message: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be read of a file.

    Attributes:
        form: Media type of the file; empty lets the library look at the bytes.
        assertion: Label of the assertion whose content is wanted.
        anchors: Certificates in PEM form of whom to trust, empty for nobody.
        manifest: A store that lies elsewhere, to be read instead of the one in the file.
    """

    form: str
    assertion: str
    anchors: str = ""
    manifest: bytes | None = None


def store_bytes(source: int) -> int:
    """Length in bytes that the largest manifest store in an open file states of itself, 0 when there is none.

    Stores are found by how they begin, in any format of file.
    """
    largest, offset, before = 0, 0, b""
    while block := os.pread(source, SEARCH_BLOCK_BYTES, offset):
        looked = before + block
        for place in _places(looked):
            length = int.from_bytes(looked[place - LENGTH_BEFORE_MARK : place - LENGTH_BEFORE_MARK + 4], "big")
            largest = max(largest, length, len(STORE_MARK))
        before = looked[-(len(STORE_MARK) + LENGTH_BEFORE_MARK - 1) :]
        offset += len(block)
    return largest


def read_store(source: int, question: Question, settings: Settings) -> Store | Fault:
    """Read and validate the store of an open file in a process of its own.

    Raises:
        MissingComponent: The library or the sandbox wanted is not to be had.
    """
    wall_seconds = settings.stall_seconds + os.fstat(source).st_size / SLOWEST_BYTES_PER_SECOND
    level = sandbox.level(settings).name
    with ExitStack() as stack:
        manifest = None if question.manifest is None else _handed_over(stack, question.manifest)
        request = {
            "format": question.form,
            "assertion": question.assertion,
            "settings": reading_settings(question.anchors),
            "manifest": manifest,
            "landlock": level == "landlock",
            "parent": 0 if level == "bubblewrap" else os.getpid(),
            **sandbox.bounds(settings.decode_memory_bytes, wall_seconds),
        }
        told = _handed_over(stack, json.dumps(request).encode())
        passed = [told] if manifest is None else [told, manifest]
        child = _started(level, source, told, passed)
        try:
            return _checked(*_answer(child, wall_seconds))
        finally:
            child.kill()
            child.wait()


def reading_settings(anchors: str) -> dict[str, Any]:
    """Settings of the library: whom to trust, and nothing from the network."""
    trust = {"trust": {"user_anchors": anchors, "trust_config": PURPOSES}} if anchors else {}
    return {
        "version": 1,
        "verify": {"verify_trust": True, "ocsp_fetch": False, "remote_manifest_fetch": False},
        **trust,
    }


def _places(looked: bytes) -> Iterator[int]:
    place = looked.find(STORE_MARK, LENGTH_BEFORE_MARK)
    while place >= 0:
        yield place
        place = looked.find(STORE_MARK, place + 1)


def _handed_over(stack: ExitStack, content: bytes) -> int:
    """A file without a name that holds the content, open at its beginning."""
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 # the stack closes it
    file.write(content)
    file.seek(0)
    return file.fileno()


def _started(level: str, source: int, told: int, passed: list[int]) -> subprocess.Popen[bytes]:
    os.lseek(source, 0, os.SEEK_SET)
    ours, libraries = Path(__file__).resolve().parents[1], _library_folder()
    python = [sandbox.interpreter(), "-I", "-S", "-B", "-c", BOOT, str(told), str(ours.parent), str(libraries)]
    binds = [part for path in (ours, libraries / "c2pa") for part in ("--ro-bind", str(path), str(path))]
    walls = [*sandbox.bubblewrap(), *binds, "--"] if level == "bubblewrap" else []
    return subprocess.Popen(  # noqa: S603 # our own interpreter and script
        [*walls, *python],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=sandbox.environment(),
        pass_fds=passed,
        bufsize=0,
        start_new_session=True,
    )


@cache
def _library_folder() -> Path:
    spec = importlib.util.find_spec("c2pa")
    if spec is None or spec.origin is None:
        raise MissingComponent(
            "c2pa-python is not installed, so no Content Credentials can be read; install it with 'pip install c2pa-python'."
        )
    return Path(spec.origin).resolve().parent.parent


def _answer(child: subprocess.Popen[bytes], wall_seconds: float) -> tuple[bytes, str]:
    """What the child wrote, and why it is not all when it is not."""
    output = cast("IO[bytes]", child.stdout)
    deadline, parts, length = time.monotonic() + wall_seconds, list[bytes](), 0
    poll = select.poll()
    poll.register(output, select.POLLIN | select.POLLHUP)
    with output:
        while poll.poll(1000 * max(0.0, deadline - time.monotonic())):
            part = os.read(output.fileno(), 1 << 20)
            length += len(part)
            if not part:
                return b"".join(parts), _end(child, deadline - time.monotonic())
            if length > LARGEST_ANSWER_BYTES:
                return b"", "TooLong"
            parts.append(part)
    return b"", "TooSlow"


def _end(child: subprocess.Popen[bytes], left_seconds: float) -> str:
    """How a child ended that has said all: an empty text if well."""
    try:
        return "" if child.wait(max(0.0, left_seconds)) == 0 else "Stopped"
    except subprocess.TimeoutExpired:
        return "TooSlow"


def _checked(answer: bytes, fault: str) -> Store | Fault:
    """The answer, if it is one."""
    if fault:
        return Fault(fault=fault, message="")
    try:
        told = json.loads(answer)
        return Fault.model_validate(told) if "fault" in told else Store.model_validate(told)
    except (ValidationError, ValueError, TypeError, RecursionError):
        return Fault(fault="Nonsense", message="")
