"""Reads a window over AT-SPI as a screen reader does: run by the system's Python, which has pyatspi.

Writes one JSON object into a file: `before` and `after` the training that it starts by pressing Train, a list of
[role, name, description, text] for everything that is showing; and `said`, what was announced.
"""

import json
import sys
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

LONGEST = 280_000
"""Milliseconds after which what has not come is held to never come."""
found = {"before": [], "after": [], "said": []}
loop = GLib.MainLoop()


def window():
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(number)
        if program is not None and program.get_child_count():
            return program.get_child_at_index(0)
    return None


def tree(thing, depth=0):
    """Everything that is showing below an accessible, itself included."""
    if thing is None or depth > 40:
        return
    yield thing
    for number in range(min(thing.get_child_count(), 500)):
        yield from tree(thing.get_child_at_index(number), depth + 1)


def listed():
    rows = []
    for thing in tree(window()):
        if not thing.get_state_set().contains(Atspi.StateType.SHOWING):
            continue
        text = ""
        if thing.get_text_iface() is not None:
            text = Atspi.Text.get_text(thing, 0, -1)
        rows.append([thing.get_role_name(), thing.get_name() or "", thing.get_description() or "", text or ""])
    return rows


def press_train():
    for thing in tree(window()):
        if thing.get_role_name() in ("push button", "button") and thing.get_name() == "Train":
            thing.get_action_iface().do_action(0)
            return True
    return False


def begin():
    if window() is None:
        return True  # look again
    found["before"] = listed()
    if not press_train():
        loop.quit()
    return False


def announced(event):
    found["said"].append(str(event.any_data))
    if "Ended after epoch" in str(event.any_data):
        GLib.timeout_add(1500, end)  # what is drawn last is drawn


def end():
    found["after"] = listed()
    loop.quit()
    return False


listener = Atspi.EventListener.new(announced)
listener.register("object:announcement")
GLib.timeout_add(3000, begin)
GLib.timeout_add(LONGEST, loop.quit)
loop.run()
Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
