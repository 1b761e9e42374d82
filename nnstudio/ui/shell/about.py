"""About the program: its versions and what to copy for a report, its licence, and what came from elsewhere."""

import importlib.metadata
import platform
from functools import cache

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio import __version__, paths
from nnstudio.text import current_language
from nnstudio.text import translate as _
from nnstudio.ui.look import fonts, theme

PACKAGES = ("PySide6-Essentials", "torch", "numpy", "polars", "pyqtgraph", "safetensors", "msgspec", "optuna", "pillow")
LICENCE, THIRD_PARTY = "LICENSE", "THIRD_PARTY.md"
SIZE = (700, 520)


class About(QDialog):
    """What this is, in three pages of plain text, and a button that copies the first for a report."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(_("About nnstudio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"nnstudio {__version__}", textFormat=Qt.TextFormat.PlainText)
        title.setFont(fonts.sized(title.font(), 1.15, bold=True))
        self.pages = QTabWidget(documentMode=True)
        self.report = page(_("Versions"), report_text())
        for name, one in (
            (_("Versions"), self.report),
            (_("Licence"), page(_("Licence"), legal_text(LICENCE))),
            (_("From others"), page(_("From others"), legal_text(THIRD_PARTY))),
        ):
            self.pages.addTab(one, name)
        self.told = plain("")
        self.told.setObjectName("aboutTold")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copied = buttons.addButton(_("&Copy for a report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copied.setObjectName("aboutCopy")
        self.copied.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(title)
        layout.addWidget(plain(about_text()))
        layout.addWidget(self.pages, 1)
        where = plain(reporting_text(issues_address()))
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(where)
        layout.addWidget(self.told)
        layout.addWidget(buttons)
        width, height = (round(one * theme.text_scale()) for one in SIZE)
        room = parent.screen().availableGeometry()
        self.resize(min(width, round(0.9 * room.width())), min(height, round(0.9 * room.height())))

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report.toPlainText())
        self.told.setText(_("Copied: paste it where you write what happened."))


def show_about(parent: QWidget) -> None:
    """Show it in a box of its own that does not hold up the window."""
    About(parent).open()


def about_text() -> str:
    """What it is, and what it does not do."""
    return " ".join(
        (
            _("Assemble neural networks on a canvas, train them with PyTorch, and watch what learning is."),
            _("Nothing is sent anywhere."),
        )
    )


def reporting_text(address: str) -> str:
    """Where to report what does not work, and what belongs into it; "" for a program without a public address."""
    if address:
        return _(
            "Something does not work? Report it at {address}: what you did, what you expected and what came instead, "
            "the versions, and the smallest project that shows it."
        ).format(address=address)
    return _(
        "Something does not work? Write what you did, what you expected and what came instead, add the versions and "
        "the smallest project that shows it, and give it to whoever gave you the program; it has no public address yet."
    )


def issues_address() -> str:
    """The address for reports that the package names (`Issues` in its project.urls), or ""."""
    try:
        entries = importlib.metadata.metadata("nnstudio").get_all("Project-URL") or []
    except importlib.metadata.PackageNotFoundError:
        return ""
    named: dict[str, str] = dict(entry.split(", ", 1) for entry in entries if ", " in entry)
    return named.get("Issues", "")


def report_text() -> str:
    """Versions and system, as a report needs them; in English in every language, for whoever reads it."""
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    lines = [
        f"nnstudio {__version__}",
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"Qt {qVersion()}, {QGuiApplication.platformName()}",
        *(f"{name} {version_of(name)}" for name in PACKAGES),
        "",
        system(),
        f"screen {size.width()} x {size.height()}, {screen.devicePixelRatio():g} pixels a point",
        f"language {current_language()}, {'dark' if theme.is_dark() else 'light'}, text of "
        f"{QApplication.font().pointSizeF():g} points",
    ]
    return "\n".join(lines)


@cache
def system() -> str:
    """The system this runs on. Windows is asked by a program of its own, so once is enough."""
    return f"{platform.platform()}, {platform.machine()}"


def version_of(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "is missing"


def legal_text(name: str) -> str:
    """A text of the licences: in a clone beside the program, installed among what is kept of the package."""
    try:
        return (paths.resources().parent / name).read_text(encoding="utf-8")
    except OSError:
        pass
    try:
        found = importlib.metadata.distribution("nnstudio").read_text(f"licenses/{name}")
    except importlib.metadata.PackageNotFoundError:
        found = None
    return found or _("“{file}” is not here. It comes with the package of nnstudio.").format(file=name)


def page(name: str, text: str) -> QPlainTextEdit:
    """Text to read and to copy, as it stands."""
    made = QPlainTextEdit(text, readOnly=True)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFont(fonts.fixed())
    return made


def plain(text: str) -> QLabel:
    return QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
