"""Who asks too often is told when to come back, and keeps nobody else from asking."""

from pathlib import Path

import pytest

from tests.service.asking import PNG, Service, new_service, problem
from tests.service.holders import Holder, holder
from unmask.service import rates
from unmask.service.rates import Rates, network_of, tokens_of


class Clock:
    """One that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slow(tmp_path: Path) -> Service:
    """A service that fills a bucket in a very long time: it holds five tokens."""
    return new_service(tmp_path / "slow", requests_per_second=0.001)


def test_a_bucket_is_emptied_and_fills_again(clock: Clock) -> None:
    buckets = Rates(2.0, clock)
    assert buckets.most == 40.0
    assert [buckets.take("a") for _ in range(40)] == [0.0] * 40
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("a", 5.0) == pytest.approx(2.5)
    clock.now += 0.49
    assert buckets.take("a") > 0
    clock.now += 0.02
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0


def test_a_bucket_holds_no_more_however_long_nobody_asked(clock: Clock) -> None:
    buckets = Rates(1.0, clock)
    buckets.take("a")
    clock.now += 1e6
    assert sum(buckets.take("a") == 0 for _ in range(100)) == 20


def test_a_clock_that_stands_still_or_a_refusal_costs_nothing(clock: Clock) -> None:
    buckets = Rates(1.0, clock)
    while buckets.take("a") == 0:
        pass
    waits = [buckets.take("a") for _ in range(50)]
    assert waits == [waits[0]] * 50


def test_each_has_a_bucket_of_its_own(clock: Clock) -> None:
    buckets = Rates(1.0, clock)
    while buckets.take("a") == 0:
        pass
    assert buckets.take("b") == 0


def test_many_addresses_fill_no_memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_BUCKETS", 10)
    buckets = Rates(1.0, clock)
    for number in range(100):
        buckets.take(str(number))
    assert len(buckets._buckets) == 10
    assert "99" in buckets._buckets


def test_even_the_slowest_rate_lets_a_file_in_now_and_then(clock: Clock) -> None:
    buckets = Rates(0.01, clock)
    assert buckets.take("a", 5.0) == 0
    assert buckets.take("a", 5.0) == pytest.approx(500.0)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_who_has_a_network_has_one_bucket(address: str, network: str) -> None:
    assert network_of(address) == network


def test_files_and_checks_take_more() -> None:
    assert tokens_of("POST", "/v1/media") == tokens_of("POST", "/v1/checks") == tokens_of("POST", "/v1/media/") == 5.0
    assert tokens_of("GET", "/v1/checks") == 1.0


def test_who_asks_too_often_is_told_when_to_come_back(slow: Service) -> None:
    assert [slow.get("/v1/checks").status_code for _ in range(5)] == [200] * 5
    answer = slow.get("/v1/checks")
    problem(answer, 429, "too-many")
    assert 990 <= int(answer.headers["retry-after"]) <= 1000
    problem(slow.get("/v1/health"), 429, "too-many")
    slow.database.close()


def test_a_file_takes_as_much_as_five_questions(slow: Service) -> None:
    assert slow.post("/v1/media", content=PNG).status_code == 201
    problem(slow.get("/v1/checks"), 429, "too-many")
    slow.database.close()


def test_a_key_is_not_kept_waiting_by_others_at_its_address(slow: Service) -> None:
    one, other = holder(slow), holder(slow)
    while slow.get("/v1/checks").status_code == 401:
        pass
    problem(slow.get("/v1/checks"), 429, "too-many")
    assert [one.get("/v1/checks").status_code for _ in range(6)] == [200] * 5 + [429]
    assert other.get("/v1/checks").status_code == 200
    slow.database.close()


def test_keys_are_not_tried_as_often_as_one_likes(slow: Service) -> None:
    holder(slow)
    wrong = Holder(slow, "", "k_000000000000." + "A" * 43)
    assert [wrong.get("/v1/checks").status_code for _ in range(7)] == [401] * 5 + [429] * 2
    slow.database.close()


def test_a_key_lets_so_many_checks_wait_and_no_more(tmp_path: Path) -> None:
    service = new_service(tmp_path / "few", most_waiting=2)
    for _ in range(3):
        service.wait()  # nobody's
    one, other = holder(service), holder(service)
    successor = holder(service, of=one.id)
    first = one.check()
    one.check()
    for asking in (one, successor):
        answer = asking.ask("POST", "/v1/checks", json={"media": one.send()})
        assert problem(answer, 429, "too-many") == "2 checks of this key wait already."
        assert answer.headers["retry-after"] == "10"
    other.check()
    assert one.ask("DELETE", f"/v1/checks/{first}").status_code == 204
    one.check()
    service.database.close()


def test_this_machines_user_lets_as_many_wait_as_wanted(tmp_path: Path) -> None:
    service = new_service(tmp_path / "few", most_waiting=1)
    sha256 = service.keep()
    answers = [service.post("/v1/checks", json={"media": sha256}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    service.database.close()
