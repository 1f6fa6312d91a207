"""Drawn requests, some that make sense and many that do not: each is answered as the OpenAPI description says."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.service.asking import Service, new_service, on_the_line
from unmask.service import stream

SETTINGS = """
seed = 1
request-timeout = 10.0

[generation]
deterministic = true
max-examples = 12

[[operations]]
include-operation-id = ["media_download", "checks_report", "checks_view", "shares_shared"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 404, 409, 416]
"""
"""Of schemathesis. A range that the description allows may begin behind its own end (400), or that of the file (416)."""
REPORT = {"file": "a.mp4", "sha256": "0" * 64, "sentence": "Cannot tell.", "engine": {"version": "0.1.0"}}
MEDIA = {"kind": "video", "bytes": 7, "duration": 2.5}


async def nothing_more(_: object) -> AsyncIterator[None]:
    """What comes after that which was missed: the end."""
    for _ in ():
        yield None


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service with a check that is done and labelled, and one that waits."""
    monkeypatch.setattr(stream, "_coming", nothing_more)
    made = new_service(tmp_path / "service", requests_per_second=1e6)
    check = made.done("a.mp4")
    (path,) = made.folder.glob(f"results/{check}-*/report.json")
    path.write_text(json.dumps({**REPORT, "media": MEDIA}), encoding="utf-8")
    made.ask("PUT", f"/v1/checks/{check}/label", json={"word": "made"})
    made.wait("b.mp4", b"b")
    yield made
    made.database.close()


@pytest.mark.parametrize("phase", ["examples", "coverage", "fuzzing", "stateful"])
def test_every_request_is_answered_as_it_is_described(phase: str, busy: Service, tmp_path: Path) -> None:
    chosen = tmp_path / "schemathesis.toml"
    chosen.write_text(SETTINGS, encoding="utf-8")
    with on_the_line(busy) as (host, port):
        place = f"http://{host}:{port}/v1/openapi.json"
        tool = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(chosen), "run", place]
        told = subprocess.run([*tool, "--phases", phase], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "No test cases" not in told.stdout
