"""The command line: thin commands over the library, each module one group.

stdout is the result, stderr the progress. Heavy modules are imported inside the commands, so that ``--help`` is quick.
"""

from collections.abc import Sequence

from unmask.cli.app import run_app


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code.

    0 done · 1 with ``--fail-on`` when one is manipulated · 2 usage · 3 some input could not be analysed ·
    4 something is missing here · 130 interrupted
    """
    return run_app(list(arguments))
