"""What a network says to a sample and its maps on the way, against the layers' own outputs."""

import numpy as np
import torch

from nnstudio.insight.best_patches import up_to
from nnstudio.insight.tried import MOST_MAPS, tried
from nnstudio.training.inference import restore
from tests.unit.insight.pictures import started

LAYERS = "image,conv:20:padding=1,relu,max_pool:2,conv:6,global_avg_pool,dense:out"


def test_the_maps_are_those_of_the_layers() -> None:
    run, dataset = started("builtin:digits", LAYERS)
    inputs = dataset.train.all_inputs[:1]
    asked = tried(run, inputs)
    assert [one.layer for one in asked.rows] == ["conv_1", "max_pool_1", "conv_2"]
    assert [(one.count, one.size) for one in asked.rows] == [(20, (8, 8)), (20, (4, 4)), (6, (2, 2))]
    drawn = restore(run).network.drawn
    for row in asked.rows:
        with torch.no_grad():
            given = up_to(drawn, row.layer)(torch.from_numpy(inputs))[0].numpy()
        np.testing.assert_allclose(row.maps, given[:MOST_MAPS], atol=1e-6)
        assert row.strongest == np.abs(given).max()
        np.testing.assert_allclose(asked.activations[row.layer], given.reshape(-1), atol=1e-6)
    with torch.no_grad():
        np.testing.assert_allclose(asked.answers, drawn(torch.from_numpy(inputs)).softmax(1), atol=1e-6)
