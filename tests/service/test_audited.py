"""What is noted of what is done, and by whom."""

import time

from tests.service.asking import PNG, Service
from tests.service.holders import Holder, holder
from unmask.service.auditing import entries, verified
from unmask.service.issuing import new_key, revoke_key
from unmask.service.store import keeping

DAY_SECONDS = 86_400


def noted(service: Service) -> list[tuple[str, str, str]]:
    assert verified(service.settings).broken is None
    return [(one.who, one.what, one.subject) for one in entries(service.settings)]


def test_whoever_asks_labels_and_deletes_is_named(service: Service, newsroom: Holder) -> None:
    check = newsroom.check()
    operator = holder(service, "admin")
    operator.ask("PUT", f"/v1/checks/{check}/label", json={"word": "made", "note": "hushhush"})
    newsroom.ask("DELETE", f"/v1/checks/{check}/label")
    newsroom.ask("DELETE", f"/v1/checks/{check}")
    assert noted(service) == [
        (newsroom.id, "check-asked", check),
        (operator.id, "label-set", check),
        (newsroom.id, "label-removed", check),
        (newsroom.id, "check-deleted", check),
    ]
    written = str(entries(service.settings))
    assert "hushhush" not in written
    assert "clip.mp4" not in written
    assert newsroom.key.split(".")[1] not in written


def test_this_machines_own_user_is_named_local(service: Service) -> None:
    sha256 = service.post("/v1/media", content=PNG).json()["sha256"]
    check = service.post("/v1/checks", json={"media": sha256}).json()["id"]
    service.ask("DELETE", f"/v1/checks/{check}")
    assert noted(service) == [("local", "check-asked", check), ("local", "check-deleted", check)]


def test_what_is_refused_is_not_noted(service: Service, newsroom: Holder, other: Holder) -> None:
    check = newsroom.check()
    before = noted(service)
    other.ask("DELETE", f"/v1/checks/{check}")
    other.ask("PUT", f"/v1/checks/{check}/label", json={"word": "made"})
    service.ask("DELETE", f"/v1/checks/{check}")
    assert noted(service) == before


def test_keys_are_noted_and_their_secrets_are_not(service: Service) -> None:
    made, secret = new_key(service.settings, "newsroom", "read", 3)
    revoke_key(service.settings, made.id)
    assert noted(service) == [("local", "key-made", made.id), ("local", "key-revoked", made.id)]
    first = entries(service.settings)[0].more
    assert '"name": "newsroom"' in first
    assert '"scope": "read"' in first
    assert secret.split(".")[1] not in str(entries(service.settings))


def test_files_that_are_past_their_days_are_noted(service: Service) -> None:
    service.done()
    unasked = service.keep(b"unasked")
    later = time.time() + DAY_SECONDS
    assert keeping.drop_unasked(service.database, service.storage, later) == 1
    assert keeping.drop_old(service.database, service.storage, later) == 1
    dropped = [(who, what) for who, what, _ in noted(service)]
    assert dropped == [("local", "media-dropped")] * 2
    assert noted(service)[0][2] == unasked
