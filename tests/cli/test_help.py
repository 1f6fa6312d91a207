import pytest

from tests.cli.program import python, unmask
from unmask.version import __version__

COMMANDS = ("check", "enrol", "pulse", "detectors", "doctor", "bench")
HEAVY = {"numpy", "scipy", "cv2", "av", "ai_edge_litert", "jinja2", "pydantic_settings", "jaxtyping", "torch"}
LISTED = "import sys; from unmask.cli import run; code = run(sys.argv[1:]); print(code, *sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples_that_start_with_its_name(command: str) -> None:
    done = unmask(command, "--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[lines.index("  Examples:") + 1].startswith(f"    unmask {command}")


def test_the_programs_help_names_every_command_and_a_first_step() -> None:
    done = unmask("--help")
    assert done.returncode == 0
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)
    assert "unmask check clip.mp4" in done.stdout


def test_without_a_word_the_program_shows_its_help() -> None:
    done = unmask()
    assert "Commands:" in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("pulse", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, *modules = python(LISTED, *arguments).stderr.split()
    assert code == "0"
    assert not HEAVY & set(modules)


def test_the_version_is_told() -> None:
    assert unmask("--version").stdout.strip() == f"unmask {__version__}"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chekc",), "chekc"),
        (("check",), "FILE"),
        (("check", "--only", "puls", "clip.mp4"), "No detector is called 'puls'. Did you mean 'pulse'?"),
        (("check", "--only", "pulse,sam", "clip.mp4"), "Did you mean 'seam'?"),
        (("check", "--threshold", "0.3", "clip.mp4"), "--threshold"),
        (("check", "--fail-on", "tuesdays", "clip.mp4"), "--fail-on"),
        (("check", "--wrong", "clip.mp4"), "--wrong"),
        (("detectors", "gait"), "No detector is called 'gait'."),
    ],
    ids=" ".join,
)
def test_a_request_that_makes_no_sense_is_a_usage_error_in_one_sentence(arguments: tuple[str, ...], told: str) -> None:
    done = unmask(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_setting_out_of_range_is_a_usage_error_that_names_it() -> None:
    done = unmask("check", "clip.mp4", UNMASK_MAX_PEOPLE="0")
    assert done.returncode == 2
    assert "UNMASK_MAX_PEOPLE" in done.stderr
