"""Which storage an address names."""

import re
from pathlib import Path

from unmask.errors import UsageError
from unmask.service.store.folder import FolderStorage
from unmask.service.store.objects import open_objects
from unmask.service.store.storage import Storage
from unmask.settings import Settings, service_folder

OBJECTS = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{2,254}(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)/?", re.ASCII)
"""No user, no password, and nothing that an address on its way would change."""
FOLDER = "file://"


def open_storage(settings: Settings) -> Storage:
    """Where files and results of the service lie; nothing is asked of it yet.

    Raises:
        UsageError: The address makes no sense.
        MissingComponent: What object stores are asked by is not installed.
    """
    folder, address = service_folder(settings), settings.serve.storage
    if address is None:
        return FolderStorage(folder)
    if address.startswith(f"{FOLDER}/"):
        return FolderStorage(Path(address.removeprefix(FOLDER)), made=False)
    named = OBJECTS.fullmatch(address)
    if named is None:  # not told: it may hold a password
        raise UsageError(
            "The address of the service's storage cannot be read; write s3://BUCKET/PREFIX or file:///FOLDER, "
            "without keys: those are looked for in the environment and in ~/.aws."
        )
    return open_objects(named[1], folder)
