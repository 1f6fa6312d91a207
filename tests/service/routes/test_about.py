from tests.service.asking import Service
from unmask.detectors import detectors
from unmask.report.as_pdf import prints
from unmask.version import __version__


def test_the_health_tells_how_much_waits(service: Service) -> None:
    service.done("a.mp4")
    service.wait("b.mp4")
    service.wait("c.mp4")
    service.claimed()
    told = service.get("/v1/health").json()
    assert told.pop("prints") is prints()
    assert told == {"status": "ok", "version": __version__, "queued": 1, "running": 1, "workers": 0}


def test_each_detector_says_what_it_asks_and_how_it_fails(service: Service) -> None:
    told = {one["name"]: one for one in service.get("/v1/detectors").json()["detectors"]}
    assert set(detectors()) - {"external"} <= set(told)
    assert all(one["question"].endswith("?") and one["failures"] for one in told.values())


def test_the_figures_are_told_to_prometheus(service: Service) -> None:
    service.wait()
    answer = service.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'unmask_checks{state="queued"} 1.0' in answer.text
    assert "unmask_workers 0.0" in answer.text
