"""A database that holds studies for many machines: its address, the connection, and what can go wrong with it in words.

The engine is Optuna's own RDBStorage. Its password is never shown, nor written into a project.
"""

import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from nnstudio.packages import adding
from nnstudio.project.files import is_folder, is_plain, is_share
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import optuna
    import sqlalchemy

DRIVERS = {"postgresql": ("postgresql+psycopg", "postgresql"), "mysql": ("mysql+pymysql", "mysql")}
"""The driver of each kind of server, and the extra of the package by which it is installed."""
SHOWN = "host", "port", "unix_socket"
"""What stands behind the ? of an address and may be shown; a password can stand there too."""
NETWORK_KINDS = (
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p", "afs", "openafs", "lustre",
    "gpfs", "beegfs", "ceph", "glusterfs", "ncpfs", "ocfs2", "gfs2", "pvfs2", "virtiofs", "vboxsf", "prl_fs", "remote",
    "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "macfuse", "osxfuse",
)  # fmt: skip
"""File systems whose files other machines have, as the system calls them."""
HEARTBEAT = 30
"""Seconds between two signs of life of a worker; after four of them without one its setting is given to another."""
PATIENCE = 300.0
"""Seconds for which a server that is gone is waited for."""
PAUSE = 2.0
CONNECTING = 10
"""Seconds that the server has to answer when a connection is made."""
TRIES = 5
"""Two programs that make the tables at the same moment get in each other's way."""
Answer = TypeVar("Answer")
Tell = Callable[[str], object]


def silent(words: str) -> None:
    """Who does not want to be told."""


# --- the address ----------------------------------------------------------------------------------------------------


def address(text: str) -> "sqlalchemy.URL":
    """The address that a person has written, with the driver that is installed with this program. UserError for one
    that cannot be used."""
    import sqlalchemy

    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        url = None
    kind = url.drivername.partition("+")[0] if url is not None else ""
    kind = "mysql" if kind == "mariadb" else kind
    if url is None or kind not in (*DRIVERS, "sqlite"):
        raise UserError(
            _("This is no address of a server of studies. They look like {example}, or {file} on one machine.").format(
                example="postgresql://USER:PASSWORD@HOST/DATABASE", file="sqlite:///FILE"
            )
        )
    if kind == "sqlite":
        check_sqlite(url)
        return url
    return url.set(drivername=DRIVERS[kind][0])


def shown(url: "sqlalchemy.URL") -> str:
    """The address without anything that is secret."""
    query = {name: value for name, value in url.query.items() if name in SHOWN}
    plain = url.set(drivername=url.drivername.partition("+")[0])
    return plain._replace(password=None)._replace(query=type(url.query)(query)).render_as_string()


def check_sqlite(url: "sqlalchemy.URL") -> None:
    """UserError for a file that several programs cannot share: none, or one that lies on another machine."""
    if not url.database or url.database == ":memory:":
        raise UserError(_("Say which file: sqlite:///FILE"))
    path = Path(url.database).absolute()
    if not is_folder(path.parent):
        raise UserError(_("The folder “{folder}” does not exist. Choose another place.").format(folder=path.parent))
    kind = network_kind(path.parent.resolve(), mounted())
    if kind:
        raise UserError(
            _(
                "“{file}” lies in a folder of another machine ({kind}), where SQLite can neither lock nor flush its "
                "file: trials would be lost. Put it on a disk of this machine, or take a PostgreSQL or MySQL server."
            ).format(file=path.name, kind=kind)
        )


def mounted() -> list[tuple[str, str]]:
    """Where each file system is to be found, and its kind."""
    import psutil

    try:
        # On Windows the options say what a drive is, and the kind that of the other machine's disk.
        return [
            (one.mountpoint, "remote" if "remote" in one.opts.split(",") else one.fstype)
            for one in psutil.disk_partitions(all=True)
        ]
    except OSError:
        return []


def network_kind(folder: PurePath, mounts: Iterable[tuple[str, str]]) -> str:
    """The kind of the network folder that this one lies in, "" where it is on a disk of this machine. The file system
    is that of the deepest place where one is mounted; of two at the same place the last."""
    if is_share(folder):
        return "\\\\"
    found, deepest = "", -1
    for place, kind in mounts:
        mount = type(folder)(place)
        if folder.is_relative_to(mount) and len(mount.parts) >= deepest:
            found, deepest = kind.lower(), len(mount.parts)
    return found if found in NETWORK_KINDS else ""


# --- the connection -------------------------------------------------------------------------------------------------


class Server:
    """A connection to a database of studies. Each request waits for a server that is gone, and says so."""

    def __init__(self, url: "sqlalchemy.URL", heartbeat: int = HEARTBEAT, makes_tables: bool = False) -> None:
        """UserError where it cannot be reached, or has no studies and is not to have any."""
        self.url = url
        self.tell: Tell = silent
        self.gives_up: Callable[[], bool] = lambda: False
        if url.drivername == "sqlite" and not makes_tables and not is_plain(Path(str(url.database))):
            raise self.no_study()
        self.storage = self._connected(heartbeat, makes_tables)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.storage.engine.dispose()

    @property
    def name(self) -> str:
        return shown(self.url)

    def no_study(self) -> UserError:
        words = _("{server} holds no study yet. Put one there: nnstudio study run PROJECT --storage URL")
        return UserError(words.format(server=self.name))

    def _connected(self, heartbeat: int, makes_tables: bool) -> "optuna.storages.RDBStorage":
        import optuna
        import sqlalchemy

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        for tried in range(TRIES):
            try:
                return storage_of(self.url, heartbeat, makes_tables)
            except (ImportError, sqlalchemy.exc.NoSuchModuleError):
                raise missing_driver(self.url) from None
            except RuntimeError as error:  # Optuna's word for tables of another version
                raise UserError(
                    _("{server} holds studies of another version of Optuna: {reason}").format(
                        server=self.name, reason=self.reason(error)
                    )
                ) from None
            except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
                if is_missing_table(error):
                    raise self.no_study() from None
                if is_out_of_reach(error) or tried == TRIES - 1:
                    raise self.failure(error) from None
                time.sleep(PAUSE / 10)
        raise AssertionError("neither connected nor refused")

    def ask(self, request: Callable[[], Answer]) -> Answer:
        """What the server answers. UserError where it refuses, or stays away too long."""
        import optuna
        import sqlalchemy

        end = None
        while True:
            try:
                return request()
            except (optuna.exceptions.StorageInternalError, sqlalchemy.exc.DBAPIError) as error:
                if not is_out_of_reach(error):
                    raise self.failure(error) from None
                if end is None:
                    end = time.monotonic() + PATIENCE
                    self.tell(_("{server} does not answer: it is waited for.").format(server=self.name))
                if time.monotonic() > end or self.gives_up():
                    raise self.failure(error) from None
                time.sleep(PAUSE)
            except (ValueError, TypeError) as error:  # what nobody who goes by Optuna has written
                words = _("{server} holds what cannot be read: {reason}")
                raise UserError(words.format(server=self.name, reason=self.reason(error))) from None

    def failure(self, error: Exception) -> UserError:
        """The words for what the server, or the way to it, has refused."""
        reason = self.reason(error)
        for signs, words in (
            (("password", "access denied", "authentication"), _("{server} refuses the user or the password: {reason}")),
            (("permission denied", "command denied"), _("{server} does not let this user do that: {reason}")),
        ):
            if any(sign in reason.lower() for sign in signs):
                return UserError(words.format(server=self.name, reason=reason))
        words = _("{server} cannot be used: {reason}.")
        return UserError(words.format(server=self.name, reason=reason.rstrip(".")))

    def reason(self, error: BaseException) -> str:
        """What the driver says, on one line and without the password."""
        text = " ".join(str(driver_error(error)).split())
        secret = str(self.url.password or "")
        return (text.replace(secret, "***") if secret else text)[:400]


def storage_of(url: "sqlalchemy.URL", heartbeat: int, makes_tables: bool) -> "optuna.storages.RDBStorage":
    """Optuna's storage at this address."""
    import optuna

    class Storage(optuna.storages.RDBStorage):
        """Leaves no connection open where it cannot be used, and takes a sign of life that does not come through for no
        reason to end: the next one may."""

        def __init__(self, url: str, **options: Any) -> None:
            try:
                super().__init__(url, **options)
            except BaseException:
                if hasattr(self, "engine"):
                    self.engine.dispose()
                raise

        def record_heartbeat(self, trial_id: int) -> None:
            try:
                super().record_heartbeat(trial_id)
            except Exception as error:
                if not is_out_of_reach(error):
                    raise

    is_file = url.drivername == "sqlite"
    options: dict[str, Any] = {"pool_pre_ping": True}
    options["connect_args"] = {"timeout": 60} if is_file else {"connect_timeout": CONNECTING}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the heartbeat is called experimental
        storage = Storage(
            url.render_as_string(hide_password=False),
            engine_kwargs=options,
            heartbeat_interval=heartbeat,
            grace_period=4 * heartbeat,
            skip_table_creation=not makes_tables,
        )
    if is_file:
        one_at_a_time(storage.engine)
    return storage


def one_at_a_time(engine: "sqlalchemy.Engine") -> None:
    """Have every transaction on a file of SQLite begin as one that writes: it knows no rows that are read to be
    changed, and two programs would take the same setting."""
    from sqlalchemy import event

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's own module begins none any more

    def begun(connection: "sqlalchemy.Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    engine.dispose()  # those that are open know nothing of it


def missing_driver(url: "sqlalchemy.URL") -> UserError:
    kind = url.drivername.partition("+")[0]
    words = _("What is needed to talk to {kind} is not installed. Install it: {command}")
    return UserError(words.format(kind=kind, command=adding(f"nnstudio[{DRIVERS[kind][1]}]")))


def driver_error(error: BaseException) -> BaseException:
    """What the driver has raised, below what SQLAlchemy and Optuna have made of it."""
    while (below := getattr(error, "orig", None) or error.__cause__) is not None:
        error = below
    return error


def is_out_of_reach(error: BaseException) -> bool:
    """Whether the server, or its file, may answer later: it does not answer, is busy, or the connection broke."""
    import sqlalchemy

    found: BaseException | None = error
    while found is not None:
        if isinstance(found, sqlalchemy.exc.OperationalError | sqlalchemy.exc.InterfaceError):
            return not is_missing_table(error)
        if isinstance(found, sqlalchemy.exc.DBAPIError) and found.connection_invalidated:
            return True
        found = found.__cause__
    return False


def is_missing_table(error: BaseException) -> bool:
    words = str(driver_error(error)).lower()
    return "no such table" in words or "doesn't exist" in words or ("relation" in words and "does not exist" in words)
