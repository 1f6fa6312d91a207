"""A folder of an institution's own keys, and what can be said of it without opening anything secret.

anchors.pem       certificate of the root, to be given to verifiers
root.key          signs intermediates; better kept offline
intermediate.key  signs leaves
chain.pem         certificates of the leaf and the intermediate, which go into each signed file
leaf.key          signs files
watermark.key     master from which the keys of marks are derived
institution.toml  name and number of the institution
ledger/           what was signed and marked
"""

import os
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from unmask.errors import UsageError
from unmask.provenance.certificates import CertificateFacts, facts_of, from_pem, institution_number
from unmask.provenance.chain import require_signing_chain
from unmask.provenance.mark_keys import INSTITUTION, MASTER, read_institution
from unmask.provenance.secret_files import read_public
from unmask.provenance.signer import ANCHORS, CHAIN, LEAF_KEY

ROOT_KEY, INTERMEDIATE_KEY = "root.key", "intermediate.key"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One file of a key folder.

    Attributes:
        purpose: What it is for.
        audience: Who may see it.
        secret: Whether it must stay within the institution.
    """

    name: str
    purpose: str
    audience: str
    secret: bool


FILES = (
    KeyFile(
        ANCHORS,
        "certificate of the root; who trusts it trusts your files",
        "everyone: give it to verifiers",
        secret=False,
    ),
    KeyFile(CHAIN, "certificates of leaf and intermediate, put into every signed file", "everyone", secret=False),
    KeyFile(INSTITUTION, "name and number of the institution", "everyone", secret=False),
    KeyFile(LEAF_KEY, "signs files", "only the machine that signs", secret=True),
    KeyFile(INTERMEDIATE_KEY, "signs new leaves", "only you; needed by: unmask keys renew", secret=True),
    KeyFile(ROOT_KEY, "signs new intermediates", "nobody: move it offline and keep a copy", secret=True),
    KeyFile(
        MASTER,
        "reads and writes every mark of yours; cannot be replaced",
        "only the machine that marks; keep a copy",
        secret=True,
    ),
)


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """What a folder of keys holds, without anything secret.

    Attributes:
        institution: 32 bits that stand for the institution.
        files: Those that are there.
        certificates: The root, then those of the chain from the root's side to the leaf.
        problems: What keeps the keys from signing, a sentence each.
    """

    folder: Path
    organization: str
    institution: int
    files: tuple[KeyFile, ...]
    certificates: tuple[CertificateFacts, ...]
    problems: tuple[str, ...] = ()


def describe_keys(folder: Path, *, now: datetime | None = None) -> KeyFolder:
    """What a folder of keys holds; no secret file is opened.

    Args:
        folder: As made by ``new_keys``.
        now: When it is looked at, None for now.

    Raises:
        UsageError: It is no folder of keys, or what is public in it cannot be read.
    """
    institution, organization = read_institution(folder)
    anchors = from_pem(read_public(folder / ANCHORS), ANCHORS)
    chain = from_pem(read_public(folder / CHAIN), CHAIN)
    between = [facts_of(certificate, "intermediate") for certificate in reversed(chain[1:])]
    return KeyFolder(
        folder=folder,
        organization=organization,
        institution=institution,
        files=tuple(file for file in FILES if os.path.exists(folder / file.name)),
        certificates=(*(facts_of(anchor, "root") for anchor in anchors), *between, facts_of(chain[0], "signer")),
        problems=tuple(_problems(chain, anchors, institution, now or datetime.now(UTC))),
    )


def _problems(
    chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate], institution: int, now: datetime
) -> Generator[str]:
    try:
        require_signing_chain(chain, anchors, now, CHAIN)
    except UsageError as error:
        yield str(error)
    if institution not in {institution_number(anchor) for anchor in anchors}:
        yield f"The institution's number is {institution:08x}, which belongs to no root in {ANCHORS}; restore both files."


def folder_as_json(keys: KeyFolder) -> dict[str, object]:
    """A folder's facts as plain values; nothing in it is secret."""
    return {
        "folder": str(keys.folder),
        "organization": keys.organization,
        "institution": f"{keys.institution:08x}",
        "anchors": ANCHORS,
        "files": [asdict(file) for file in keys.files],
        "certificates": [
            asdict(facts) | {"begins": facts.begins.isoformat(), "ends": facts.ends.isoformat()}
            for facts in keys.certificates
        ],
        "problems": list(keys.problems),
    }
