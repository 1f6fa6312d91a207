"""Which addresses a webhook may reach: a name that is asked for once, and never one inside of the operator's own network.

Whoever owns the name of a receiver says where it lies. Were it this machine or its network, the service would knock at
doors that are closed to strangers (server-side request forgery); were it asked for twice, the second answer could differ.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

Lookup = Callable[[str, int], Sequence[Any]]
"""Host and port to rows as ``socket.getaddrinfo`` has them."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""A gateway makes IPv4 addresses of these (RFC 6052), of any network."""


class NotTaken(Exception):
    """A receiver did not take what it was sent; one sentence says why."""


def look_up(host: str, port: int) -> Sequence[Any]:
    """All addresses of a host, as this machine's resolver answers."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def addresses_of(host: str, port: int, *, private: bool, lookup: Lookup = look_up) -> tuple[str, ...]:
    """Addresses at which a host may be reached, in numbers, as one look-up has them.

    Args:
        host: Name or address.
        port: Of the receiver.
        private: Whether addresses of the operator's own network are allowed.
        lookup: Asks for the name.

    Raises:
        NotTaken: There is no such host, or one of its addresses is not public.
    """
    try:
        found = tuple(dict.fromkeys(str(row[4][0]) for row in lookup(host, port)))
    except (OSError, UnicodeError) as error:
        raise NotTaken(f"Its name is not known: {error}.") from error
    if not found:
        raise NotTaken("Its name has no address.")
    inside = [address for address in found if not private and not is_public(address)]
    if inside:
        raise NotTaken(f"Its address {inside[0]} is not public; serve.webhooks_private allows that.")
    return found


def is_public(address: str) -> bool:
    """Whether an address is one of the open Internet, and holds no other address within.

    >>> [is_public(one) for one in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:8.8.8.8", "nonsense")]
    [True, False, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and _holds_another(found):
        return False
    closed = found.is_private or found.is_loopback or found.is_link_local or found.is_unspecified
    return found.is_global and not closed and not found.is_multicast and not found.is_reserved


def _holds_another(found: ipaddress.IPv6Address) -> bool:
    tunnelled = found.ipv4_mapped or found.sixtofour or found.teredo
    return tunnelled is not None or found in _TRANSLATED or found.is_site_local
