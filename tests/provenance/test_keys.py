import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.errors import UsageError
from unmask.provenance.keys import MarkKeys, clip_number, mark_keys, read_clip_key, write_clip_key

MASTER = bytes(range(32))


@pytest.fixture
def keys() -> MarkKeys:
    return mark_keys(MASTER, 0x1A2B3C4D, "Example Archive")


def test_what_is_derived_never_changes(keys: MarkKeys) -> None:
    # Written down once: other values would make every mark embedded so far unreadable.
    assert keys.sync.hex() == "eb665c2beb17d25290347a55159a19ccb4846538d4464dd4c5c4555d5e091200"
    assert keys.payload_secret.hex() == "237388b28be4227b0efb1ce5c09456a1f5a96aa9d616004ea0eb90e3dfadedc7"
    assert keys.clip_key(7).secret.hex() == "33728ab0902ed2ba9c9dfe3f2d661e3d92a32a6e5607be3cfd194c08a78956b3"


def test_clips_have_their_own_secret_and_share_what_finds_them(keys: MarkKeys) -> None:
    one, two = keys.clip_key(1), keys.clip_key(2)
    assert one.secret != two.secret
    assert one.sync == two.sync == keys.sync
    assert len({one.secret, two.secret, keys.sync, keys.payload_secret, MASTER}) == 5


def test_the_clips_number_has_32_bits(keys: MarkKeys) -> None:
    assert keys.clip_key(2**32 - 1).payload.clip == 2**32 - 1
    for clip in (-1, 2**32):
        with pytest.raises(UsageError, match=f"{clip}; a mark carries"):
            keys.clip_key(clip)


def test_a_clips_key_comes_back_from_its_file(keys: MarkKeys, tmp_path: Path) -> None:
    path = tmp_path / "clip.key"
    write_clip_key(path, keys.clip_key(7))
    assert read_clip_key(path) == keys.clip_key(7)
    assert path.stat().st_mode & 0o777 == 0o600
    assert base64.b64encode(MASTER).decode() not in path.read_text(encoding="utf-8")


def test_a_clip_key_is_not_overwritten(keys: MarkKeys, tmp_path: Path) -> None:
    path = tmp_path / "clip.key"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"'clip.key' is there already"):
        write_clip_key(path, keys.clip_key(7))
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_clip_key_that_others_may_read_is_refused(keys: MarkKeys, tmp_path: Path) -> None:
    path = tmp_path / "clip.key"
    write_clip_key(path, keys.clip_key(7))
    path.chmod(0o640)
    with pytest.raises(UsageError, match=r"rights 0640\); run: chmod 600"):
        read_clip_key(path)


Told = dict[str, Any]
DAMAGE: dict[str, Callable[[Told], object]] = {
    "no JSON": lambda _: b"{",
    "no text": lambda _: b"\xff\xfe",
    "a list": lambda _: [],
    "nested too deep": lambda _: b"[" * 100_000,
    "of another kind": lambda told: told | {"unmask": "watermark master"},
    "of another version": lambda told: told | {"version": 2},
    "without a secret": lambda told: {name: value for name, value in told.items() if name != "secret"},
    "with a short secret": lambda told: told | {"secret": told["secret"][:8]},
    "with a garbled secret": lambda told: told | {"secret": "*" + told["secret"][1:]},
    "with a number for a secret": lambda told: told | {"secret": 5},
    "with a number too large": lambda told: told | {"clip": "100000000"},
    "with a number for a name": lambda told: told | {"organization": 5},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_clip_key_is_refused_in_one_sentence_without_its_secret(
    damage: str, keys: MarkKeys, tmp_path: Path
) -> None:
    path = tmp_path / "clip.key"
    write_clip_key(path, keys.clip_key(7))
    told = json.loads(path.read_bytes())
    damaged = DAMAGE[damage](told)
    path.write_bytes(damaged if isinstance(damaged, bytes) else json.dumps(damaged).encode())
    with pytest.raises(UsageError, match=r"^'clip.key' is .*; .*\.$") as caught:
        read_clip_key(path)
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None
    assert told["secret"][2:40] not in str(caught.getrepr(style="long"))


def test_nothing_secret_is_in_the_text_of_keys(keys: MarkKeys) -> None:
    said = f"{keys!r} {keys} {keys.clip_key(7)!r} {keys.clip_key(7)}"
    for secret in (MASTER, keys.sync, keys.payload_secret, keys.clip_key(7).secret):
        assert repr(secret)[2:12] not in said
        assert secret.hex() not in said
    assert "Example Archive" in said


@pytest.mark.parametrize("text", ["", "x", "100000000", "-1", "0x2a", "2a\n", "1a2b3c4d-", "1a2b3c-0000002a", "٣"])
def test_what_is_no_number_of_a_clip_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no number of a clip; give up to 8 hexadecimal digits"):
        clip_number(text)


def test_a_clips_number_is_read_with_or_without_its_institution(keys: MarkKeys) -> None:
    assert clip_number("2A") == clip_number("0000002a") == clip_number(str(keys.clip_key(42).payload)) == 42
