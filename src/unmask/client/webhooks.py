"""For those who receive webhooks: whether one comes from the service, and is new."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from unmask.errors import ServiceError

_SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_WAY_OUT = "Answer with 401 and do nothing else."


def verify_webhook(secret: str, header: str, body: bytes, tolerance_seconds: float = 300.0) -> Mapping[str, Any]:
    """What a webhook tells, if the service sent it just now.

    The same may come more than once: it has the same ``number`` then.

    Args:
        secret: The service's setting ``serve.webhook_secret``.
        header: The request's ``X-Unmask-Signature``.
        body: The request's body, byte for byte as it came.
        tolerance_seconds: How far the sender's clock may be from this one; who recorded a request cannot send it later.

    Raises:
        ServiceError: The signature is not the service's (``wrong-signature``), or is too old (``too-old``).
    """
    signed = _SIGNED.fullmatch(header)
    at = "" if signed is None else signed[1]
    expected = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    if signed is None or not hmac.compare_digest(expected, signed[2]):
        raise ServiceError("The webhook was not signed by the service.", code="wrong-signature", way_out=_WAY_OUT)
    if not abs(time.time() - int(at)) <= tolerance_seconds:
        said = f"The webhook was signed more than {tolerance_seconds:g} seconds from now."
        raise ServiceError(said, code="too-old", way_out=_WAY_OUT)
    told: Mapping[str, Any] = json.loads(body)
    return told
