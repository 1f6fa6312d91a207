"""Files that a service examines, drawn for it, and a store of its own for them."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from tests.puppet import Puppet, Stage, picture_of
from unmask.service.store import checks, keeping
from unmask.service.store.checks import Options
from unmask.service.store.database import Database
from unmask.service.store.media import Upload
from unmask.service.store.storage import Storage


def still(number: int = 0) -> bytes:
    """A small picture of one face; each number another one."""
    picture = picture_of(Stage(puppets=(Puppet(tone=number),), width=160, height=160, seed=number + 1))
    coded, found = cv2.imencode(".png", picture[..., ::-1])
    assert coded
    return found.tobytes()


@dataclass(frozen=True, slots=True)
class Store:
    """Where files come in and checks are asked for, without HTTP."""

    database: Database
    storage: Storage

    @property
    def folder(self) -> Path:
        return self.storage.folder

    def send(self, content: bytes) -> str:
        with Upload(self.storage.folder, 10**9) as coming:
            coming.write(content)
            return keeping.keep(self.database, self.storage, coming)[0]

    def ask(self, content: bytes, name: str = "still.png", options: Options = Options()) -> str:  # noqa: B008 # frozen
        sha256 = self.send(content)
        with self.database.writing() as connection:
            return checks.add(connection, sha256, name, options, "person")

    def found(self, check: str) -> checks.Told:
        with self.database.reading() as connection:
            found = checks.find(connection, check)
        assert found is not None
        return found

    def result(self, check: str) -> str | None:
        with self.database.reading() as connection:
            return checks.result_of(connection, check)

    def results(self) -> list[str]:
        """Names of all results that lie in the folder."""
        return sorted(path.name for path in (self.folder / "results").glob("*"))
