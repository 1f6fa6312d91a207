"""What installs and tests the project: pins, and the one command that CI runs."""

import re
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.docs.pages import ROOT

PIN = re.compile(r"([a-z0-9-]+)==([\w.]+)")


def pins() -> dict[str, str]:
    """Pinned version by name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.fullmatch(line))}


def needed(name: str, *extras: str) -> set[str]:
    """Names of all distributions that one needs on this machine, and those that they need."""
    found: set[str] = set()
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [(name, extras)]
    while waiting:
        one, wanted = waiting.pop()
        for text in distribution(one).requires or []:
            requirement = Requirement(text)
            marker = requirement.marker
            applies = marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *wanted))
            key = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
            if applies and key not in seen:  # one may need another of its own extras
                seen.add(key)
                found.add(key[0])
                waiting.append(key)
    return found


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not PIN.fullmatch(line)] == []


def test_everything_that_is_installed_is_pinned() -> None:
    assert sorted(needed("unmask", "dev") - set(pins())) == []


def test_pins_meet_the_requirements() -> None:
    required = [Requirement(text) for text in distribution("unmask").requires or []]
    assert len(required) >= 10
    unmet = [str(one) for one in required if Version(pins()[canonicalize_name(one.name)]) not in one.specifier]
    assert unmet == []


def test_ci_calls_make_test_and_nothing_of_its_own() -> None:
    script = ROOT / ".ci" / "run"
    calls = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert script.stat().st_mode & 0o111
    assert calls == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]
