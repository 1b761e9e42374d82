"""Time in a training: going on where it stood, going back to an epoch, changes on the way, where it diverged."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run, RunEvent
from nnstudio.text import UserError
from nnstudio.training import loop
from nnstudio.training.control import LEARNING_RATE, Change, Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.engine import devices
from nnstudio.training.inference import measure, restore
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import EpochDone, Ready, Trained, train_together
from nnstudio.training.timeline import Timeline
from nnstudio.training.training_state import TrainingState

Make = Callable[..., Project]

NETWORKS = (
    ("dense:12,relu,dropout:0.4,dense:out", {"optimizer": "adam"}),
    ("dense:12,batch_norm,tanh,dense:out", {"optimizer": "momentum", "learning_rate": 0.05}),
    ("dense:12,sigmoid,dropout:0.2,dense:out", {"optimizer": "rmsprop", "shuffle": "once"}),
)


class Watched:
    """A training, with what it leaves behind for whoever watches."""

    def __init__(
        self,
        projects: list[Project],
        initial_states: tuple[InitialState | None, ...] = (),
        curves: list[Curves] | None = None,
        control: Control | None = None,
        at_epoch: Callable[[int], None] | None = None,
    ) -> None:
        self.curves = curves or [Curves() for _project in projects]
        self.training_states: tuple[TrainingState, ...] = ()
        self.runs: list[Run] = [None] * len(projects)  # type: ignore[list-item]
        for event in train_together(
            projects, load(projects[0].data), control or Control(), self.curves, initial_states=initial_states
        ):
            if isinstance(event, Ready):
                self.training_states = event.training_states
                for training_state in event.training_states:
                    training_state.keep_timeline(Timeline(training_state.weights.layout(training_state.network)))
            elif isinstance(event, EpochDone) and at_epoch and event.variant == 0:
                at_epoch(event.epoch)
            elif isinstance(event, Trained):
                self.runs[event.variant] = event.run

    def initial_states(self) -> tuple[InitialState, ...]:
        return tuple(
            InitialState(run, checkpoint=training_state.checkpoint)
            for run, training_state in zip(self.runs, self.training_states, strict=True)
        )


def same_run(left: Run, correct: Run) -> None:
    assert left.history == correct.history
    assert safetensors.torch.load(left.weights).keys() == safetensors.torch.load(correct.weights).keys()
    for name, value in safetensors.torch.load(left.weights).items():
        assert torch.equal(value, safetensors.torch.load(correct.weights)[name]), name


@pytest.mark.parametrize(("layers", "settings"), NETWORKS)
def test_going_on_gives_the_bits_of_never_having_stopped(make_project: Make, layers: str, settings: object) -> None:
    project = make_project(layers=layers, epochs=6, patience=0, **settings)  # type: ignore[arg-type]
    first = Watched([project])
    longer = Watched([project], first.initial_states(), first.curves)
    whole = Watched([edits.set_training(project, epochs=12)])
    assert longer.runs[0].epochs_run == 12 and longer.runs[0].id == first.runs[0].id
    same_run(longer.runs[0], whole.runs[0])
    np.testing.assert_array_equal(longer.curves[0].batch_loss.values, whole.curves[0].batch_loss.values)


def test_a_stop_in_the_middle_of_an_epoch_goes_on_in_the_middle(make_project: Make) -> None:
    project, control = make_project(layers=NETWORKS[0][0], epochs=9, patience=0), Control()

    def stop_later(epoch: int) -> None:
        if epoch == 4:
            control.command(Mode.BATCH)  # one batch of the fifth, then a pause
            threading.Timer(0.3, control.command, [Mode.STOP]).start()

    stopped = Watched([project], control=control, at_epoch=stop_later)
    assert stopped.runs[0].stop_reason == "user" and stopped.runs[0].epochs_run == 4
    assert len(stopped.curves[0].batch_loss) == 4 * stopped.training_states[0].progress.batches + 1
    longer = Watched([project], stopped.initial_states(), stopped.curves)
    same_run(longer.runs[0], Watched([project]).runs[0])


def test_a_rate_changed_in_the_epoch_that_was_broken_off_stays_when_it_is_gone_on_with(make_project: Make) -> None:
    project, control = make_project(layers="dense:12,relu,dense:out", epochs=5, patience=0), Control()

    def stop_later(epoch: int) -> None:
        if epoch == 2:
            control.changes.append(Change(LEARNING_RATE, 0.001, 0.002))
            control.command(Mode.BATCH)
            threading.Timer(0.3, control.command, [Mode.STOP]).start()

    stopped = Watched([project], control=control, at_epoch=stop_later)
    assert [mark.epoch for mark in stopped.runs[0].events] == [2.0] and stopped.runs[0].epochs_run == 2
    longer = Watched([project], stopped.initial_states(), stopped.curves)
    assert longer.runs[0].events == stopped.runs[0].events
    whole = Control()

    def change(epoch: int) -> None:
        if epoch == 2:
            whole.changes.append(Change(LEARNING_RATE, 0.001, 0.002))

    same_run(longer.runs[0], Watched([project], control=whole, at_epoch=change).runs[0])


def test_a_run_goes_on_on_the_device_it_was_on(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Watched([make_project(layers="dense:4,relu,dense:out", epochs=2, patience=0)])
    asked: list[str] = []
    choose = devices.choose

    def chosen(name: str, *rest: Any) -> tuple[torch.device, str]:
        asked.append(name)
        return choose(name, *rest)

    monkeypatch.setattr(devices, "choose", chosen)
    project = make_project(layers="dense:4,relu,dense:out", epochs=2, patience=0, device="auto")
    Watched([project], first.initial_states(), first.curves)
    assert asked == [first.training_states[0].checkpoint.device]  # type: ignore[union-attr]


def test_the_path_of_a_timeline_is_evenly_spaced_and_ends_with_the_newest(make_project: Make) -> None:
    timeline = (
        Watched([make_project(layers="dense:4,relu,dense:out", epochs=20, patience=0)]).training_states[0].timeline
    )
    assert timeline is not None
    assert timeline.path(7) == [timeline.weights(epoch) for epoch in (0, 3, 6, 9, 12, 15, 18, 20)]
    assert timeline.path(100) == [timeline.weights(epoch) for epoch in timeline.epochs()]


def test_carried_on_past_the_stop_the_best_epoch_stays(make_project: Make) -> None:
    project = make_project("builtin:iris", "dense:32,relu,dense:out", epochs=300, patience=5, learning_rate=0.03)
    first = Watched([project])
    assert first.runs[0].stop_reason == "patience"
    stopped_at, best = first.runs[0].epochs_run, first.runs[0].best_epoch
    longer = Watched([project], first.initial_states(), first.curves)
    run = longer.runs[0]
    assert run.epochs_run == 300 and run.stop_reason == "epochs"
    assert RunEvent(stopped_at, "patience") in run.events
    assert run.best_epoch == int(np.argmin(run.history.validation_loss)) + 1
    assert run.history.validation_loss[: best or 0] == first.runs[0].history.validation_loss[: best or 0]


def test_a_pair_that_stopped_at_different_epochs_goes_on_as_each_alone(make_project: Make) -> None:
    project = make_project(layers="dense:12,relu,dropout:0.4,dense:out", epochs=3, patience=0)
    pair = [project, edits.set_training(project, epochs=5)]
    together = Watched(pair)
    longer = Watched(pair, together.initial_states(), together.curves)
    assert [run.epochs_run for run in longer.runs] == [6, 10]
    for run, epochs in zip(longer.runs, (6, 10), strict=True):
        alone = Watched([edits.set_training(project, epochs=epochs)]).runs[0]
        np.testing.assert_allclose(run.history.validation_loss, alone.history.validation_loss, rtol=1e-5)


def test_the_timeline_holds_the_weights_of_a_run_stopped_there(make_project: Make) -> None:
    project = make_project(layers="dense:12,batch_norm,tanh,dropout:0.2,dense:out", epochs=8, patience=0)
    watched = Watched([project])
    timeline = watched.training_states[0].timeline
    assert timeline is not None and timeline.epochs() == list(range(9))
    for epoch in (1, 5, 8):
        stopped = Watched([edits.set_training(project, epochs=epoch, restore_best=False)]).runs[0]
        found, asked = (safetensors.torch.load(one) for one in (timeline.weights(epoch), stopped.weights))
        assert found.keys() == asked.keys()
        assert all(torch.equal(found[name], asked[name]) for name in asked)


def test_side_by_side_every_network_has_its_own_timeline(make_project: Make) -> None:
    project = make_project(layers="dense:12,tanh,dense:out", epochs=3, patience=0, restore_best=False)
    watched = Watched([project, edits.set_training(project, seed=1)])
    for run, training_state in zip(watched.runs, watched.training_states, strict=True):
        assert training_state.timeline is not None
        kept, last = safetensors.torch.load(training_state.timeline.weights(3)), safetensors.torch.load(run.weights)
        assert all(torch.equal(kept[name], last[name]) for name in last)


def test_a_full_timeline_is_thinned_and_keeps_the_first_the_best_and_the_last(make_project: Make) -> None:
    training_state = Watched([make_project(epochs=1)]).training_states[0]
    timeline = Timeline(training_state.weights.layout(training_state.network), most_bytes=10 * 400)
    for epoch in range(101):
        timeline.keep(epoch, [torch.full((100,), float(epoch))], is_best=epoch == 37)
        assert epoch in timeline.epochs() and 0 in timeline.epochs()
        assert len(timeline.epochs()) <= 11
    assert timeline.epochs() == [0, 16, 32, 37, 48, 64, 80, 96, 100]
    assert timeline.nearest(95) == 96


def test_going_on_from_an_earlier_epoch_is_a_new_run(make_project: Make) -> None:
    project = make_project(layers="dense:12,tanh,dense:out", epochs=6, patience=0)
    watched = Watched([project])
    timeline = watched.training_states[0].timeline
    assert timeline is not None
    project = edits.add_run(project, watched.runs[0])
    begun = InitialState(watched.runs[0], weights=timeline.weights(4), epoch=4)
    going_on = Watched([project], (begun,))
    run = going_on.runs[0]
    assert run.id == "run-2" and (run.origin, run.origin_epoch) == ("run-1", 4)
    first = going_on.training_states[0].timeline
    assert first is not None
    kept, given = (safetensors.torch.load(one) for one in (first.weights(0), timeline.weights(4)))
    assert all(torch.equal(kept[name], given[name]) for name in given)


def test_weights_that_do_not_fit_are_a_mistake(make_project: Make) -> None:
    watched = Watched([make_project(layers="dense:12,tanh,dense:out", epochs=1)])
    begun = InitialState(watched.runs[0], weights=watched.runs[0].weights, epoch=1)
    with pytest.raises(UserError, match="do not fit the network as it is drawn now"):
        Watched([make_project(layers="dense:9,tanh,dense:out", epochs=1)], (begun,))


def test_rates_changed_on_the_way_act_from_the_next_batch_on_and_are_marked(make_project: Make) -> None:
    project = make_project(layers="dense:12,relu,dropout:0.4,dense:out", epochs=6, patience=0)
    control = Control()

    def change(epoch: int) -> None:
        if epoch == 3:
            control.changes += [Change(LEARNING_RATE, 0.001, 0.05), Change("dropout_1", 0.4, 0.0)]

    changed = Watched([project], control=control, at_epoch=change)
    plain = Watched([project])
    run = changed.runs[0]
    assert run.events == (RunEvent(3.0, "learning_rate", 0.001, 0.05), RunEvent(3.0, "dropout_1", 0.4, 0.0))
    assert run.history.train_loss[:3] == plain.runs[0].history.train_loss[:3]
    assert run.history.train_loss[4] < plain.runs[0].history.train_loss[4]
    assert changed.training_states[0].checkpoint is not None
    assert changed.training_states[0].checkpoint.dropout_rates == {"dropout_1": 0.0}


def test_a_changed_rate_leaves_a_twin_with_another_rate_alone(make_project: Make) -> None:
    project = make_project(layers="dense:12,relu,dropout:0.4,dense:out", epochs=4, patience=0)
    twin = edits.set_parameter(project, "dropout_1", "rate", 0.0)
    control = Control()
    control.changes.append(Change("dropout_1", 0.4, 0.1))
    both = Watched([project, twin], control=control)
    alone = Watched([twin])
    assert both.runs[0].events and not both.runs[1].events
    np.testing.assert_allclose(both.runs[1].history.train_loss, alone.runs[0].history.train_loss, rtol=1e-5)


def test_the_full_pass_over_the_training_rows_is_their_loss_with_dropout_off(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = make_project(layers="dense:12,relu,dropout:0.4,dense:out", epochs=5, patience=0, restore_best=False)

    def measured() -> Run:
        for event in train_together([project], load(project.data), Control(), [Curves()]):
            if isinstance(event, Ready):
                event.training_states[0].probes.measures_training = True
            if isinstance(event, Trained):
                return event.run
        raise AssertionError("no run")

    monkeypatch.setattr(loop, "MEASURING", 1.0)
    run = measured()
    assert len(run.history.train_loss_full_pass) == 5
    loss = measure(restore(run), load(project.data).train).loss
    assert run.history.train_loss_full_pass[-1] == pytest.approx(loss, rel=1e-5)
    assert Watched([project]).runs[0].history.train_loss_full_pass == ()
    # Where it would take too much of the time, epochs are left out; a file keeps them so.
    monkeypatch.setattr(loop, "MEASURING", 0.0)
    monkeypatch.setattr(loop, "FREE_MEASURING", 0.0)
    run = measured()
    assert np.isfinite(run.history.train_loss_full_pass[0]) and np.isnan(run.history.train_loss_full_pass[1:]).all()
    save(edits.add_run(project, run), tmp_path / "holes.nnstudio")
    (kept,) = open_project(tmp_path / "holes.nnstudio").runs
    np.testing.assert_array_equal(kept.history.train_loss_full_pass, run.history.train_loss_full_pass)


def test_divergence_names_layer_cause_and_step(diverging: Project) -> None:
    message = Watched([edits.set_training(diverging, learning_rate=1.0)]).runs[0].message
    assert "That began in “" in message and "Learning rate 1: the loss grew" in message
    assert "in epoch 1, iteration" in message


def test_divergence_of_one_of_two_names_its_layer_too(diverging: Project) -> None:
    pair = Watched([diverging, edits.set_training(diverging, learning_rate=1.0)])
    assert pair.runs[0].stop_reason == "epochs" and pair.runs[1].stop_reason == "diverged"
    assert "That began in “" in pair.runs[1].message


def test_pace_slows_the_steps_down_and_gives_way_to_commands(make_project: Make) -> None:
    project = make_project(epochs=1, patience=0)
    control = Control()
    control.set_pace(20.0)
    began = time.perf_counter()
    run = Watched([project], control=control).runs[0]
    steps = 3  # 90 training rows in batches of 32
    assert time.perf_counter() - began >= (steps - 1) / 20
    assert run.seconds < time.perf_counter() - began  # what was waited for is no training
