import os
import signal
import threading

import pytest

from unmask.forgery.swap.interrupts import held_interrupts


def test_the_first_press_is_noted_and_the_second_raised() -> None:
    before = signal.getsignal(signal.SIGINT)
    with held_interrupts() as pressed:
        assert not pressed()
        os.kill(os.getpid(), signal.SIGINT)
        assert pressed()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_request_to_end_is_noted_where_the_program_takes_it_like_an_interrupt() -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with held_interrupts() as pressed:
            os.kill(os.getpid(), signal.SIGTERM)
            assert pressed()
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_request_to_end_that_nobody_takes_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with held_interrupts():
        assert signal.getsignal(signal.SIGTERM) is before is signal.SIG_DFL


def test_another_thread_leaves_the_signal_alone() -> None:
    heard: list[object] = []

    def listen() -> None:
        with held_interrupts() as pressed:
            heard.extend((pressed(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [False, signal.getsignal(signal.SIGINT)]
