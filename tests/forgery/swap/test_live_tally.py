from unmask.forgery.swap.live_tally import STAGES, Tally


def test_pictures_and_their_times_are_counted_at_each_stage() -> None:
    tally = Tally()
    for seconds in (0.001, 0.002, 0.030):
        tally.add("drawn", seconds)
    tally.add("captured")
    tally.reached("sent", 7, 0.004)
    assert tally.state().counts == dict.fromkeys(STAGES, 0) | {"drawn": 3, "captured": 1, "sent": 7}
    assert tally.milliseconds() == {"drawn": 2.0, "sent": 4.0}


def test_rates_are_those_since_the_state_before() -> None:
    tally = Tally()
    before = tally.state()
    with tally.timed("followed"):
        pass
    rates = tally.state().rates_since(before)
    assert rates["followed"] > 0
    assert rates["drawn"] == 0
