"""One manifest store, read and validated, as a small answer in JSON."""

import io
import json
import os
import sys
from typing import Any

import c2pa

from unmask.media.child.walls import close_all_doors, die_with_parent, limit_resources
from unmask.provenance.child.tree import (
    assertion,
    certificates_of,
    changed_ingredients,
    in_results,
    problem,
    text,
    tree,
)

MEDIA = 0
"""Standard input is the open file."""
LARGEST_ASSERTION_CHARACTERS = 2_000_000
LARGEST_CLAIMS_CHARACTERS = 32_000_000
"""Beyond this the certificates' issuers are not looked up."""


def main() -> None:
    """Read the request, raise the walls, then read the file."""
    request = json.loads(taken(int(sys.argv[1])))
    manifest = b"" if request["manifest"] is None else taken(request["manifest"])
    die_with_parent(request["parent"])
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    if request["landlock"]:
        close_all_doors()
    json.dump(answer(request, manifest), sys.stdout)


def taken(descriptor: int) -> bytes:
    """All bytes of an open file."""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def answer(request: dict[str, Any], manifest: bytes) -> dict[str, Any]:
    """What the file says of itself, or why it cannot be read."""
    try:
        with os.fdopen(MEDIA, "rb", closefd=False) as media:
            return read(request, media, manifest)
    except c2pa.C2paError as error:
        kind = type(error).__name__.removeprefix("_C2pa")
        return {"fault": kind, "message": text(str(error)) or ""}
    except (MemoryError, RecursionError, ValueError) as error:
        return {"fault": type(error).__name__, "message": ""}


def read(request: dict[str, Any], media: io.BufferedIOBase, manifest: bytes) -> dict[str, Any]:
    """The store as the library gives it, shortened to what is wanted."""
    context = c2pa.Context.from_dict(request["settings"])
    with c2pa.Reader(request["format"], media, manifest or None, context=context) as reader:
        store = json.loads(reader.json())
        claims = reader.crjson()
    certificates = certificates_of(json.loads(claims)) if len(claims) <= LARGEST_CLAIMS_CHARACTERS else {}
    active = store.get("manifests", {}).get(store.get("active_manifest"))
    return {
        "state": text(store.get("validation_state")) or "",
        "failures": [problem(one) for one in in_results(store.get("validation_results"), "failure")],
        "changed_ingredients": changed_ingredients(store),
        "tree": tree(store, certificates),
        "essence": bounded(assertion(active, request["assertion"])),
    }


def bounded(told: Any) -> Any:
    """An assertion, None when it is too large."""
    return told if len(json.dumps(told)) <= LARGEST_ASSERTION_CHARACTERS else None
