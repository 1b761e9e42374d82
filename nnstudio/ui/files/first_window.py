"""One window for each user and screen: a program that is started hands its file to the one that is there, and ends.

The window listens at a socket in the user's own folder, on Windows at a pipe. It speaks first, so that one that hangs
is left alone with nothing to be done later; then the program that was started says what it was given. This file loads
quickly: it is read before the window's other parts, which a program that hands its file over never needs.
"""

import hashlib
import os
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, Qt, QThread, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from nnstudio import paths
from nnstudio.project.files import is_plain

FREE, BUSY, TAKEN = b"nnstudio 1 free\n", b"nnstudio 1 busy\n", b"taken\n"
"""What the window says: it takes a file, it does not now, and it has what it was sent. 1 is the version of all this."""
ANSWER = 2_000
"""Milliseconds in which a window answers that does not hang."""
START = 15_000
"""Milliseconds in which another program that is just starting has its window."""
AGAIN = 100
"""Milliseconds until it is looked again whether it has."""
LOCKED = QLockFile.LockError.LockFailedError
LONGEST = 2**16
"""Bytes of a message."""


class Message(msgspec.Struct, frozen=True):
    """What a program that is started was given: a file's name as the system spells it, b"" for none; and what Wayland
    lets a window come to the front for."""

    file: bytes = b""
    activation: str = ""


class FirstWindow(QObject):
    """The window that later starts turn to, seen from both sides: `takes` asks it, `listen` becomes it."""

    def __init__(self) -> None:
        super().__init__()
        self.address = address()
        with suppress(OSError):  # without the folder this is a window like another
            paths.locks_folder().mkdir(parents=True, exist_ok=True)
        self._starting = QLockFile(str(paths.locks_folder() / Path(self.address).name) + ".lock")
        self._server: QLocalServer | None = None
        self._other: QLocalSocket | None = None
        """To the window that listens where this one does not; it says nothing, and ends with that window."""
        self._take: Callable[[Path | None], object] = lambda _file: None
        self._is_busy: Callable[[], bool] = lambda: False
        self._is_closed = False

    def takes(self, file: Path | None) -> bool:
        """Whether there is a window that has taken the file, or come to the front where there is none. Where not, no
        other program has its window before this one, which ought to `listen` soon."""
        if file is not None and not is_plain(file):
            return False  # it is told of by whoever tries to open it
        end = QDeadlineTimer(START)
        while not self._starting.tryLock(0):  # another program is starting, and holds it until it listens
            socket = connected(self.address)
            if socket is not None or self._starting.error() != LOCKED or end.hasExpired():
                return socket is not None and sent(socket, file)
            QThread.msleep(AGAIN)
        socket = connected(self.address)
        return socket is not None and sent(socket, file)

    def listen(self, take: Callable[[Path | None], object], is_busy: Callable[[], bool]) -> None:
        """Take what later starts are given, unless the folder refuses it; where another window does so, once that is
        closed. `take` gets a file, or None to come to the front; where `is_busy` answers that a question is open, a
        start with a file gets a window of its own."""
        self._take, self._is_busy = take, is_busy
        self._follow()

    def close(self) -> None:
        """Leave later starts to another window."""
        self._is_closed = True
        self._other = None
        if self._server is not None:
            self._server.close()
            for socket in self._server.findChildren(QLocalSocket):
                socket.disconnectFromServer()
            self._server = None

    def _follow(self) -> None:
        """Listen, or wait for the end of the window that does."""
        if self._is_closed:
            return
        if not self._starting.isLocked() and not self._starting.tryLock(0):
            if self._starting.error() == LOCKED:  # another program is starting
                QTimer.singleShot(AGAIN, self, self._follow)
            return
        self._other = connected(self.address)
        if self._other is not None:
            self._other.disconnected.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        else:
            self._listen()
        self._starting.unlock()

    def _listen(self) -> None:
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._greet)
        QLocalServer.removeServer(self.address)  # what a killed program has left
        if server.listen(self.address):
            self._server = server

    def _greet(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(partial(self._read, socket))
            socket.write(BUSY if self._is_busy() else FREE)

    def _read(self, socket: QLocalSocket) -> None:
        """Take what was said, in a turn of its own: it may lead to a question, and who has sent it must not wait."""
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST:
                socket.abort()
            return
        try:
            message = msgspec.json.decode(bytes(socket.readLine(LONGEST).data()), type=Message)
        except (msgspec.MsgspecError, ValueError):  # no JSON, another message, or no UTF-8
            socket.abort()
            return
        socket.write(TAKEN)
        socket.disconnectFromServer()
        if message.activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = message.activation  # where Qt looks for it
        file = Path(os.fsdecode(message.file)) if message.file else None
        QTimer.singleShot(0, self, partial(self._take, file))


def address() -> str:
    """Where the first window of this user, on this computer and screen, listens."""
    screen = [os.environ.get(name, "") for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY", "SESSIONNAME")]
    meant = "\n".join([str(paths.locks_folder()), platform.node(), *screen])
    name = "window-" + hashlib.sha256(meant.encode(errors="surrogateescape")).hexdigest()[:12]
    return f"nnstudio-{name}" if os.name == "nt" else str(paths.runtime_folder() / name)


def connected(address: str) -> QLocalSocket | None:
    """A socket to whoever listens; None where nobody does."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    return socket if socket.waitForConnected(ANSWER) else None


def sent(socket: QLocalSocket, file: Path | None) -> bool:
    """Whether the window that listens has taken the file, or comes to the front where there is none."""
    said = line_of(socket)
    if said != FREE and (said != BUSY or file is not None):
        socket.abort()
        return False
    let_come_to_front()
    name = os.fsencode(file.absolute()) if file is not None else b""
    socket.write(msgspec.json.encode(Message(name, os.environ.get("XDG_ACTIVATION_TOKEN", ""))) + b"\n")
    return line_of(socket) == TAKEN


def line_of(socket: QLocalSocket) -> bytes:
    """The next line from the other side, b"" where none comes in time."""
    while not socket.canReadLine():
        if not socket.waitForReadyRead(ANSWER):
            return b""
    return bytes(socket.readLine(LONGEST).data())


def let_come_to_front() -> None:
    """Windows gives the right to bring a window to the front to the program that was started."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
