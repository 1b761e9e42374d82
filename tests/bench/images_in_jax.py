"""LeNet-5 in JAX as one writes it by hand, in the benches' own environment: asked line by line how long a step takes.

A line `LAYOUT BATCH SECONDS` is answered with the seconds of a step, over a turn that lasts so long.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import cycle

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

ROWS, RATE, MOMENTUM = 1024, 0.01, 0.9
Weights = list[tuple[jax.Array, jax.Array]]

CONVOLUTIONS = ((6, 1), (16, 6), (120, 16))
DENSE = ((84, 120), (10, 84))


def first_weights(layout: str) -> Weights:
    """As PyTorch draws them, which is uniform in ±1 / √inputs; the kernels in the order that goes with the layout."""
    random = np.random.default_rng(0)
    found = []
    for shape in [(*size, 5, 5) for size in CONVOLUTIONS] + list(DENSE):
        bound = np.prod(shape[1:]) ** -0.5
        weight = random.uniform(-bound, bound, shape).astype(np.float32)
        if len(shape) == 4 and layout == "NHWC":
            weight = weight.transpose(2, 3, 1, 0)
        found.append((jnp.asarray(weight), jnp.asarray(random.uniform(-bound, bound, shape[0]).astype(np.float32))))
    return found


def outputs(weights: Weights, x: jax.Array, layout: str) -> jax.Array:
    """The network of the picture, relu and max pooling, before its softmax."""
    names = (layout, "OIHW" if layout == "NCHW" else "HWIO", layout)
    window = (1, 1, 2, 2) if layout == "NCHW" else (1, 2, 2, 1)
    for number, (weight, bias) in enumerate(weights[:3]):
        border = "VALID" if number else ((2, 2), (2, 2))
        x = lax.conv_general_dilated(x, weight, (1, 1), border, dimension_numbers=names)
        x = jax.nn.relu(x + (bias[:, None, None] if layout == "NCHW" else bias))
        if number < 2:
            x = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
    x = x.reshape(len(x), -1)
    (weight, bias), (last_weight, last_bias) = weights[3:]
    return jax.nn.relu(x @ weight.T + bias) @ last_weight.T + last_bias


def loss(weights: Weights, x: jax.Array, y: jax.Array, layout: str) -> jax.Array:
    scores = jax.nn.log_softmax(outputs(weights, x, layout))
    return -jnp.take_along_axis(scores, y[:, None], axis=1).mean()


def step(layout: str, state: tuple[Weights, Weights], rows: jax.Array, x: jax.Array, y: jax.Array):  # type: ignore[no-untyped-def]
    """Momentum as torch.optim.SGD has it."""
    weights, kept = state
    found, gradients = jax.value_and_grad(loss)(weights, x[rows], y[rows], layout)
    kept = jax.tree.map(lambda old, new: MOMENTUM * old + new, kept, gradients)
    return (jax.tree.map(lambda weight, one: weight - RATE * one, weights, kept), kept), found


@cache
def training(layout: str, batch: int) -> Callable[[], jax.Array]:
    """What takes the next steps, compiled and warm; its result can be waited for."""
    random = np.random.default_rng(0)
    shape = (ROWS, 1, 28, 28) if layout == "NCHW" else (ROWS, 28, 28, 1)
    x = jnp.asarray(random.standard_normal(shape, dtype=np.float32))
    y = jnp.asarray(random.integers(0, 10, ROWS))
    run = jax.jit(partial(step, layout), donate_argnums=0)
    count = ROWS // batch
    batches = random.permutation(ROWS)[: count * batch].reshape(count, batch)
    orders = cycle([jnp.asarray(rows) for rows in batches])
    weights = first_weights(layout)
    state = weights, jax.tree.map(jnp.zeros_like, weights)

    def take() -> jax.Array:
        nonlocal state
        state, found = run(state, next(orders), x, y)
        return found

    for _time in range(3):
        jax.block_until_ready(take())
    assert sum(weight.size + bias.size for weight, bias in state[0]) == 61_706
    return take


def seconds(layout: str, batch: int, span: float) -> float:
    """The seconds of a step."""
    take = training(layout, batch)
    count, began = 0, time.process_time()
    while time.process_time() < began + span:
        for _time in range(10):
            found = take()
            count += 1
        jax.block_until_ready(found)
    return (time.process_time() - began) / count


if __name__ == "__main__":
    for line in sys.stdin:
        layout, batch, span = line.split()
        print(seconds(layout, int(batch), float(span)), flush=True)
