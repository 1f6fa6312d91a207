"""Which addresses a webhook may reach, however they are written."""

import socket
from collections.abc import Sequence
from typing import Any

import pytest

from unmask.service.webhooks.addresses import NotTaken, addresses_of, is_public, look_up


def answers(*addresses: str) -> Any:
    """A resolver that knows one answer."""

    def lookup(_: str, port: int) -> Sequence[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return lookup


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "0", "::1", "0.0.0.0"],  # noqa: S104 # refused
)
def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(NotTaken, match=r"Its address .* is not public"):
        addresses_of(host, 80, private=False)
    assert addresses_of(host, 80, private=True)


@pytest.mark.parametrize("host", ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8", "169.254.169.254"])
def test_addresses_within_addresses_and_those_of_a_cloud_are_refused(host: str) -> None:
    with pytest.raises(NotTaken, match="is not public"):
        addresses_of(host, 80, private=False)


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.1", "192.0.2.7", "198.18.0.1", "240.0.0.1"),
        *("224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.0.1", "127.255.255.254"),
        *("::", "fe80::1", "fe80::1%2", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::7f00:1"),
        *("", "nonsense", "127.1", "1.2.3.4/8"),
    ],
)
def test_no_address_of_a_closed_range_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)
    assert addresses_of("hooks.example", 443, private=False, lookup=answers(address)) == (address,)


def test_a_name_with_one_address_inside_is_refused_whole() -> None:
    with pytest.raises(NotTaken, match=r"10\.0\.0\.1 is not public"):
        addresses_of("hooks.example", 443, private=False, lookup=answers("93.184.216.34", "10.0.0.1"))


def test_a_name_that_is_not_known_is_said() -> None:
    def unknown(_: str, __: int) -> Sequence[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(NotTaken, match=r"Its name is not known: .*Name or service not known"):
        addresses_of("hooks.example", 443, private=False, lookup=unknown)
    with pytest.raises(NotTaken, match="has no address"):
        addresses_of("hooks.example", 443, private=False, lookup=answers())
    with pytest.raises(NotTaken, match="Its name is not known"):
        addresses_of("a" * 64 + ".example", 443, private=False, lookup=look_up)
