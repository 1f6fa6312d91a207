"""How often one may ask: a bucket of tokens for each key, or each address, which fills as time goes by."""

import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

FULL_SECONDS = 20.0
"""A bucket holds what comes in so many seconds: a page asks for much at once, and then for nothing."""
MOST_BUCKETS = 10_000
"""Those that were not used for longest are forgotten, so that addresses fill no memory."""
COSTS: Mapping[tuple[str, str], float] = {("POST", "/v1/media"): 5.0, ("POST", "/v1/checks"): 5.0}
"""Tokens that a request takes; all others take one."""
NETWORK_BITS = 64
"""Whoever has one address of IPv6 has a whole network of so many leading bits."""
_SLASHES = re.compile("/+$")


@dataclass(slots=True)
class Rates:
    """Buckets in the memory of one process.

    Attributes:
        per_second: Tokens that come into a bucket.
        clock: Seconds, rising.
    """

    per_second: float
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    @property
    def most(self) -> float:
        """Tokens that a bucket holds; enough for every request."""
        return max(self.per_second * FULL_SECONDS, *COSTS.values())

    def take(self, who: str, tokens: float = 1.0) -> float:
        """Take tokens out of a bucket.

        Returns:
            0 where they were there; else the seconds until they will be, and none was taken.
        """
        now = self.clock()
        left, then = self._buckets.pop(who, (self.most, now))
        left = min(left + (now - then) * self.per_second, self.most)
        enough = left >= tokens
        self._buckets[who] = (left - tokens if enough else left, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (tokens - left) / self.per_second


def tokens_of(method: str, path: str) -> float:
    """What a request takes."""
    return COSTS.get((method, _SLASHES.sub("", path)), 1.0)


@lru_cache(MOST_BUCKETS)
def network_of(address: str) -> str:
    """Whose bucket is used of those who show no key: an address, or the network of one of IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, NETWORK_BITS), strict=False))
