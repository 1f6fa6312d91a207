"""The files in examples/service/ name settings, commands and limits that there are."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.program import unmask
from unmask.report import as_pdf
from unmask.settings import Settings

FOLDER = Path(__file__).parents[2] / "examples" / "service"
UNIT, CONTAINER = (FOLDER / "unmask.service").read_text(), (FOLDER / "Containerfile").read_text()
PROXIES = [(FOLDER / name).read_text() for name in ("nginx.conf", "Caddyfile")]


def of_unit() -> dict[str, str]:
    lines = re.findall(r"^Environment=(.*)$", UNIT, re.MULTILINE)
    return dict(word.split("=", 1) for line in lines for word in shlex.split(line))


def of_container() -> dict[str, str]:
    (block,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", CONTAINER, re.MULTILINE)
    return dict(word.split("=", 1) for word in shlex.split(block.replace("\\\n", " ")))


@pytest.mark.parametrize("told", [of_unit(), of_container()], ids=["unit", "container"])
def test_its_settings_are_taken(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("UNMASK_")]:
        monkeypatch.delenv(name)
    assert len(told) >= 4
    for name, value in (told | {"UNMASK_CONFIG": "/nonexistent/unmask.toml"}).items():
        monkeypatch.setenv(name, value)
    found = Settings()  # which refuses a name that it does not know
    assert found.serve.behind_tls_proxy
    assert found.serve.hosts == ("unmask.example.org",)
    assert found.serve.folder == Path("/var/lib/unmask")
    assert found.sandbox == "landlock"


def test_the_unit_leaves_the_decoder_its_walls() -> None:
    lines = [line for line in UNIT.splitlines() if not line.startswith("#")]
    assert not [line for line in lines if line.startswith(("RestrictNamespaces", "DynamicUser"))]
    (calls,) = (line.partition("=")[2].split() for line in lines if line.startswith("SystemCallFilter="))
    assert {"@mount", "landlock_create_ruleset", "landlock_restrict_self"} <= set(calls)
    assert "AF_NETLINK" in UNIT


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_unit_is_one(tmp_path: Path) -> None:
    there = tmp_path / "unmask.service"
    there.write_text(UNIT.replace("/opt/unmask/bin/unmask", sys.executable), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(there)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_proxies_hand_on_what_the_service_takes() -> None:
    serve, most = Settings.model_fields["serve"].default, Settings.model_fields["max_bytes"].default
    for proxy in PROXIES:
        assert f"127.0.0.1:{serve.port}" in proxy
        assert "unmask.example.org" in proxy
    (size,) = re.findall(r"client_max_body_size (\d+)g;", PROXIES[0])
    assert int(size) << 30 == most
    assert f"max_size {most >> 30}GiB" in PROXIES[1]
    assert "proxy_buffering off" in PROXIES[0]


def test_the_container_has_what_prints() -> None:
    (packages,) = re.findall(r"apt-get install .*?((?:lib\S+ ?)+)", CONTAINER)
    source = Path(as_pdf.__file__).read_text(encoding="utf-8")
    assert f"apt install {packages.strip()}." in source
    assert "/src[pdf," in CONTAINER


def test_the_container_copies_what_a_build_reads() -> None:
    copied = [word for line in re.findall(r"^COPY (.*) \S+$", CONTAINER, re.MULTILINE) for word in line.split()]
    assert [word for word in copied if not (FOLDER.parents[1] / word).exists()] == []
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"pyproject.toml", "src", project["readme"], *project["license-files"]} <= set(copied)


@pytest.mark.parametrize("text", [UNIT, CONTAINER], ids=["unit", "container"])
def test_its_commands_exist(text: str) -> None:
    lines = re.findall(r"unmask (serve keys new .*)$", text, re.MULTILINE)
    assert lines
    for line in lines:
        usage = unmask(*("serve", "keys", "new", "--help")).stdout
        assert not [word for word in line.split() if word.startswith("--") and word not in usage]
