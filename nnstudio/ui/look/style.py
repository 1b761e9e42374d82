"""The style sheet of the window: one accent, flat panels, air; from the colours of light and dark alone."""

from PySide6.QtWidgets import QApplication

from nnstudio.ui.look import theme


def use_style() -> None:
    """Give all windows the style in the colours in use. On the application: a window that has a style sheet of its own
    is never collected (PySide6 6.11)."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    # With the size of text in it: menus and status bar stay, and take another font only with another sheet.
    sheet = f"/* {application.font().pointSizeF()} */" + style_sheet()
    if application.styleSheet() != sheet:
        application.setStyleSheet(sheet)


def style_sheet() -> str:
    """What Fusion does not do by itself. Widgets are named by class and object name; nothing here sets a size of
    text."""
    colors = theme.colors()
    accent = colors.selection
    over = theme.mixed(accent, colors.text, 0.15)
    on_accent = theme.on_accent()
    faint = colors.batch if theme.is_projected() else theme.mixed(colors.faint_text, colors.surface, 0.4)
    box = round(12 * theme.text_scale())  # Fusion's own edge of what is ticked is hardly seen on dark ground
    return f"""
    QMainWindow, QMainWindow > QWidget {{ background: {colors.background}; }}
    QToolBar {{ background: {colors.surface}; border: none; border-bottom: 1px solid {colors.grid};
               padding: 4px 8px; spacing: 2px; }}
    QToolBar::separator {{ background: {colors.grid}; width: 1px; margin: 6px 8px; }}
    QMenuBar {{ background: {colors.surface}; }}
    QMenuBar::item {{ padding: 4px 9px; background: transparent; }}
    QMenuBar::item:selected {{ background: {colors.grid}; border-radius: 4px; }}
    QToolButton#trainButton {{ background: {accent}; color: {on_accent}; border: none; border-radius: 6px;
                               padding: 5px 14px 5px 10px; font-weight: 600; }}
    QToolButton#trainButton:hover {{ background: {over}; }}
    QToolButton#trainButton:disabled {{ background: {colors.grid}; color: {colors.faint_text}; }}
    QToolButton#trainButton:focus {{ border: 2px solid {colors.text}; }}
    QToolButton[heading="true"] {{ border: none; background: transparent; padding: 8px 0 2px 0; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {colors.grid}; background: {colors.surface}; }}
    QTabBar {{ background: {colors.surface}; }}
    QTabBar::tab {{ background: transparent; color: {colors.faint_text}; border: none; padding: 8px 5px 6px 5px;
                    border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {colors.text}; border-bottom: 2px solid {accent}; }}
    QTabBar::tab:hover {{ color: {colors.text}; }}
    QTabBar::tab:focus {{ color: {accent}; }}
    #inspector, #dataPanel, #runs, #studies, #trainingPanel, #code, #history, #palette
      {{ background: {colors.surface}; border: none; }}
    QScrollArea {{ border: none; background: {colors.surface}; }}
    QScrollArea > QWidget > QWidget {{ background: {colors.surface}; }}
    #plots, #formulaBar, #foot {{ background: {colors.surface}; }}
    #formulaBar QScrollArea, #formulaBar QScrollArea > QWidget > QWidget {{ background: {colors.surface}; }}
    #studyFoot {{ background: {colors.surface}; border-top: 1px solid {colors.grid}; }}
    #canvas {{ background: {colors.background}; }}
    QListWidget {{ background: {colors.surface}; border: none; }}
    QSplitter::handle {{ background: {colors.grid}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QSplitter::handle:hover {{ background: {accent}; }}
    QLineEdit, QPlainTextEdit {{ background: {colors.background}; border: 1px solid {colors.border};
      border-radius: 6px; padding: 2px 6px; selection-background-color: {accent}; selection-color: {on_accent}; }}
    QLineEdit:hover {{ border-color: {colors.faint_text}; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border-color: {accent}; }}
    QPushButton {{ background: {colors.background}; border: 1px solid {colors.border}; border-radius: 6px;
                   padding: 4px 12px; }}
    QPushButton:hover {{ border-color: {colors.faint_text}; background: {colors.grid}; }}
    QPushButton:pressed {{ background: {colors.border}; }}
    QPushButton:focus, QPushButton:default {{ border-color: {accent}; }}
    QPushButton:disabled {{ color: {faint}; border-color: {colors.grid}; }}
    QCheckBox::indicator:unchecked, QRadioButton::indicator:unchecked,
    QListView::indicator:unchecked {{ border: 1px solid {colors.faint_text};
      width: {box}px; height: {box}px; background: {colors.background}; }}
    QCheckBox::indicator:unchecked, QListView::indicator:unchecked {{ border-radius: 3px; }}
    QRadioButton::indicator:unchecked {{ border-radius: {box // 2 + 1}px; }}
    QRadioButton::indicator:checked {{ border: {box // 3}px solid {accent}; background: {colors.surface};
      width: {box - 2 * (box // 3) + 2}px; height: {box - 2 * (box // 3) + 2}px; border-radius: {box // 2 + 1}px; }}
    QCheckBox::indicator:unchecked:disabled, QRadioButton::indicator:unchecked:disabled
      {{ border-color: {colors.border}; }}
    QRadioButton::indicator:checked:disabled {{ border-color: {colors.border}; }}
    QProgressBar {{ background: {colors.background}; border: 1px solid {colors.border}; border-radius: 4px;
                    text-align: center; }}
    QProgressBar::chunk {{ background: {theme.mixed(accent, colors.surface, 0.5)}; border-radius: 3px; }}
    QToolButton::menu-indicator {{ image: none; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 11px; }}
    QScrollBar:horizontal {{ height: 11px; }}
    QScrollBar::handle {{ background: {colors.border}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 26px; }}
    QScrollBar::handle:horizontal {{ min-width: 26px; }}
    QScrollBar::handle:hover {{ background: {colors.faint_text}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
    QStatusBar {{ background: {colors.surface}; border-top: 1px solid {colors.grid}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ padding: 2px 8px; }}
    QTableView:focus, QListView:focus, QGraphicsView#canvas:focus, QScrollArea#mapRows:focus
      {{ border: 1px solid {accent}; }}
    """
