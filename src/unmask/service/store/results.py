"""Results: what a worker found of one check, in parts that are written together."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from unmask.service.store.storage import Part, Storage


def write_result(storage: Storage, check: str, report: Mapping[str, Any], view: Mapping[str, Any], page: str) -> str:
    """Write what was found of a check.

    Args:
        storage: The service's.
        check: Identity of the check.
        report: Its report, as ``as_json`` has it.
        view: What the page draws, as ``as_view`` has it.
        page: The report as HTML.

    Returns:
        Name of the result; every attempt at a check has its own.

    Raises:
        NoRoom: There is no room left.
        OutputError: It cannot be written.
    """
    name = f"{check}-{secrets.token_hex(6)}"
    parts: Mapping[Part, bytes] = {
        "report.json": json.dumps(report, allow_nan=False).encode(),
        "view.json": json.dumps(view, allow_nan=False).encode(),
        "report.html": page.encode(),
    }
    storage.write_result(name, parts)
    return name
