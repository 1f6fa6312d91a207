"""unmask tells a filmed face from a made one and says why.

>>> import unmask
>>> sorted(unmask.__all__)[:3]
['AsyncClient', 'BrokenMedia', 'Card']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unmask.errors import (
    BrokenMedia,
    InputError,
    MissingComponent,
    NotMedia,
    OutputError,
    OverLimit,
    ServiceError,
    UnmaskError,
    Unreadable,
    UsageError,
)
from unmask.version import __version__

if TYPE_CHECKING:
    from unmask.client import AsyncClient, Client
    from unmask.examine import check
    from unmask.reference import read_reference
    from unmask.settings import Settings
    from unmask.types import (
        Card,
        Credentials,
        Evidence,
        Media,
        Payload,
        Person,
        PictureMark,
        Provenance,
        Reference,
        Report,
        SoundMark,
        Track,
        Verdict,
        VitalsReport,
    )
    from unmask.vitals import read_vitals

_WHERE = {
    "AsyncClient": "unmask.client",
    "Client": "unmask.client",
    "check": "unmask.examine",
    "read_reference": "unmask.reference",
    "read_vitals": "unmask.vitals",
    "Settings": "unmask.settings",
    **dict.fromkeys(
        (
            "Card",
            "Credentials",
            "Evidence",
            "Media",
            "Payload",
            "Person",
            "PictureMark",
            "Provenance",
            "Reference",
            "Report",
            "SoundMark",
            "Track",
            "Verdict",
            "VitalsReport",
        ),
        "unmask.types",
    ),
}

__all__ = [
    "AsyncClient",
    "BrokenMedia",
    "Card",
    "Client",
    "Credentials",
    "Evidence",
    "InputError",
    "Media",
    "MissingComponent",
    "NotMedia",
    "OutputError",
    "OverLimit",
    "Payload",
    "Person",
    "PictureMark",
    "Provenance",
    "Reference",
    "Report",
    "ServiceError",
    "Settings",
    "SoundMark",
    "Track",
    "UnmaskError",
    "Unreadable",
    "UsageError",
    "Verdict",
    "VitalsReport",
    "__version__",
    "check",
    "read_reference",
    "read_vitals",
]


def __getattr__(name: str) -> Any:
    """Import what was asked for on first use, so that ``import unmask`` and ``unmask --help`` stay quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'unmask' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)
