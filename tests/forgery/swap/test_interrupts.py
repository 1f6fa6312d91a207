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


def test_another_thread_leaves_the_signal_alone() -> None:
    heard: list[object] = []

    def listen() -> None:
        with held_interrupts() as pressed:
            heard.extend((pressed(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [False, signal.getsignal(signal.SIGINT)]
