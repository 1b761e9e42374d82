"""Everything that computes shares the cores by turns, and changes nothing for anybody else."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from nnstudio.data.dataset import Dataset, load
from nnstudio.data.plane import plane_of
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine import lease as leases
from nnstudio.training.engine.lease import Lease
from nnstudio.training.session import Trained, train, train_together
from nnstudio.ui.background import lab_jobs
from tests.patience import PATIENCE

Make = Callable[..., Project]


def run_of(project: Project, dataset: Dataset) -> Run:
    *_events, last = train(project, dataset, Control(), Curves())
    assert isinstance(last, Trained)
    return last.run


def wait_for_line(lease: Lease, length: int) -> None:
    """Until so many stand in line."""
    while lease.waiting < length:
        time.sleep(0.001)


def test_nobody_gets_more_cores_than_there_are() -> None:
    lease, taken, most = Lease(3), [0], [0]
    counting = threading.Lock()

    def work(threads: int) -> None:
        for _time in range(200):
            with lease.held(threads):
                with counting:
                    taken[0] += min(threads, 3)
                    most[0] = max(most[0], taken[0])
                with counting:
                    taken[0] -= min(threads, 3)

    with ThreadPoolExecutor(5) as pool:
        assert len(list(pool.map(work, (1, 2, 3, 8, 1)))) == 5
    assert 1 <= most[0] <= 3 and taken[0] == 0


def test_whoever_wants_all_cores_is_not_passed_by_those_who_want_few() -> None:
    lease, order = Lease(2), []
    waits, free = threading.Event(), threading.Event()

    def first() -> None:
        with lease.held(1):
            waits.set()
            assert free.wait(PATIENCE)

    def large() -> None:
        with lease.held(2):
            order.append("large")

    def small() -> None:
        with lease.held(1):
            order.append("small")

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(first)]
        assert waits.wait(PATIENCE)
        done.append(pool.submit(large))
        wait_for_line(lease, 1)
        done.append(pool.submit(small))  # a core is free, but the other stands in line before it
        wait_for_line(lease, 2)
        free.set()
        for one in done:
            one.result(PATIENCE)
    assert order == ["large", "small"]


@pytest.mark.parametrize("cores", [1, 2])
def test_trainings_and_labs_beside_each_other_give_what_they_give_alone(
    cores: int, make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bits, and as many threads as before: two trainings, ten seeds, a landscape and a map at once."""
    monkeypatch.setattr(leases, "CORES", Lease(cores))
    monkeypatch.setattr("nnstudio.training.loop.CORES", leases.CORES)
    small = make_project("toy:circle?samples=200", "dense:6,tanh,dropout:0.2,dense:out", epochs=60, patience=0)
    wide = make_project("toy:spiral?samples=300", "dense:32,relu,dropout:0.5,dense:out", epochs=30, patience=0)
    seeds = [edits.set_training(small, seed=seed, epochs=25) for seed in range(10)]
    dataset, other = load(small.data), load(wide.data)
    run, plane = run_of(small, dataset), plane_of(dataset)
    assert plane is not None

    def together() -> list[bytes]:
        events = train_together(seeds, dataset, Control(), [Curves() for _seed in seeds])
        return [event.run.weights for event in events if isinstance(event, Trained)]

    jobs: list[Callable[[], object]] = [
        lambda: run_of(small, dataset).weights,
        lambda: run_of(wide, other).weights,
        together,
        lambda: {id: maps.tobytes() for id, maps in next(lab_jobs.all_unit_responses_of(run, plane)).items()},
    ]
    threads = torch.get_num_threads()
    alone = [job() for job in jobs]
    with ThreadPoolExecutor(len(jobs)) as pool:
        assert [one.result(PATIENCE) for one in [pool.submit(job) for job in jobs]] == alone
    assert torch.get_num_threads() == threads
