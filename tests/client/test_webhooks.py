"""Whether a webhook comes from the service, and is new."""

import time

import pytest

from unmask import ServiceError
from unmask.client import verify_webhook
from unmask.service.webhooks.sending import signature

SECRET = "sixteen characters and more"  # noqa: S105 # a test's
BODY = b'{"event": "check", "number": 7}'


def refused(header: str, body: bytes = BODY, secret: str = SECRET) -> str:
    with pytest.raises(ServiceError) as error:
        verify_webhook(secret, header, body)
    return error.value.code


def test_what_the_service_signed_is_told() -> None:
    assert verify_webhook(SECRET, signature(SECRET, time.time(), BODY), BODY) == {"event": "check", "number": 7}


def test_what_was_altered_or_signed_by_another_is_refused() -> None:
    header = signature(SECRET, time.time(), BODY)
    assert refused(header, BODY.replace(b"7", b"8")) == "wrong-signature"
    assert refused(header, BODY + b" ") == "wrong-signature"
    assert refused(header, BODY, SECRET.upper()) == "wrong-signature"
    at, digest = header.split(",")
    assert refused(f"t={int(time.time()) + 1},{digest}") == "wrong-signature"
    last = "0" if header[-1] != "0" else "1"
    assert refused(f"{header[:-1]}{last}") == "wrong-signature"
    assert refused(f"{at},{digest.replace('v1', 'v0')}") == "wrong-signature"


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=1", "v1=" + "0" * 64, "t=1,v1=" + "0" * 64, "t=-1,v1=" + "0" * 64, "\0"]
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    assert refused(header) == "wrong-signature"
    assert refused(f"{signature(SECRET, time.time(), BODY)}\n") == "wrong-signature"


@pytest.mark.parametrize(("seconds", "taken"), [(-290, True), (-310, False), (290, True), (310, False)])
def test_what_was_recorded_cannot_be_sent_later(seconds: int, *, taken: bool) -> None:
    header = signature(SECRET, time.time() + seconds, BODY)
    if taken:
        assert verify_webhook(SECRET, header, BODY)["number"] == 7
    else:
        assert refused(header) == "too-old"


def test_a_tolerance_that_is_no_number_lets_nothing_through() -> None:
    with pytest.raises(ServiceError):
        verify_webhook(SECRET, signature(SECRET, time.time(), BODY), BODY, float("nan"))
