"""Polygons that users draw, from JSON files, checked against their model."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from unmask.errors import UsageError
from unmask.media.source import shown

Form = TypeVar("Form", bound=BaseModel)


def read_polygons(path: Path, form: type[Form], *, largest_bytes: int, too_large: str, wrong: str) -> Form:
    """What a file holds.

    Args:
        path: The file.
        form: What it must hold.
        largest_bytes: A larger file is not read.
        too_large: Why such a file is none, and the way out.
        wrong: What a file that holds something else is or does.

    Raises:
        UsageError: It cannot be read, or holds something else.
    """
    try:
        if path.stat().st_size > largest_bytes:
            raise UsageError(f"{shown(path)} is {too_large}.")
        return form.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise UsageError(f"{shown(path)} {wrong}: {place}: {fault['msg']}; see the guide for the form.") from error
