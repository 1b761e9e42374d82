"""The random numbers of JavaScript's seedrandom 2: ARC4, keyed by a text. TensorFlow Playground draws by it.

Of the algorithm, not of its code: https://github.com/davidbau/seedrandom describes what it does.
"""

from collections.abc import Sequence

WIDTH = 256
CHUNKS = 6
"""So many bytes begin a number."""
DIGITS = 2.0**52
"""A number has at least so many steps; twice as many are the most that a float tells apart."""

State = tuple[tuple[int, ...], int, int]


class SeededStream:
    """Numbers from 0 to below 1, the same for the same text wherever they are drawn."""

    def __init__(self, seed: str) -> None:
        self._state = scheduled(mixed_key(seed))
        self._first = self._second = 0
        self._bytes(WIDTH)  # the first bytes tell of the key, and are thrown away

    @classmethod
    def at(cls, state: State) -> "SeededStream":
        """The stream where `state` was taken."""
        stream = cls.__new__(cls)
        stream._state, stream._first, stream._second = list(state[0]), state[1], state[2]
        return stream

    @property
    def state(self) -> State:
        """Where it stands, so that another can go on from there."""
        return tuple(self._state), self._first, self._second

    def number(self) -> float:
        """The next number: 48 bits, and further ones until all the digits of a float are filled."""
        numerator, denominator, last = float(self._bytes(CHUNKS)), float(WIDTH**CHUNKS), 0
        while numerator < DIGITS:
            numerator = (numerator + last) * WIDTH
            denominator *= WIDTH
            last = self._bytes(1)
        while numerator >= 2 * DIGITS:
            numerator, denominator, last = numerator / 2, denominator / 2, last >> 1
        return (numerator + last) / denominator

    def between(self, low: float, high: float) -> float:
        """The next number, stretched to a range."""
        return self.number() * (high - low) + low

    def _bytes(self, count: int) -> int:
        """The next bytes of ARC4 as one whole number."""
        state, first, second, found = self._state, self._first, self._second, 0
        for _number in range(count):
            first = (first + 1) % WIDTH
            one = state[first]
            second = (second + one) % WIDTH
            other = state[second]
            state[first], state[second] = other, one
            found = found * WIDTH + state[(one + other) % WIDTH]
        self._first, self._second = first, second
        return found


def mixed_key(seed: str) -> list[int]:
    """A text as at most 256 bytes. What is longer is folded onto the start, smeared by what was there."""
    units = seed.encode("utf-16-le", "surrogatepass")
    key: list[int] = []
    smear = 0
    for number, unit in enumerate(units[::2]):  # only the low byte of a character counts
        if number < WIDTH:
            key.append(unit)
        else:
            place = number % WIDTH
            smear ^= key[place] * 19
            key[place] = (smear + unit) % WIDTH
    return key


def scheduled(key: Sequence[int]) -> list[int]:
    """ARC4's permutation of 256 numbers by a key."""
    key, state, second = key or [0], list(range(WIDTH)), 0
    for first in range(WIDTH):
        second = (second + state[first] + key[first % len(key)]) % WIDTH
        state[first], state[second] = state[second], state[first]
    return state
