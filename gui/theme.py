"""How the program looks: colour tokens, spacing, the palette and the style sheet, and which of the two themes is on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template
from typing import Final, Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gui.svg import tinted_svg_url
from resources import resource_path

ThemeMode = Literal["light", "dark", "system"]
THEME_MODES: Final[tuple[ThemeMode, ...]] = get_args(ThemeMode)

# Spacing scale in logical pixels: layouts use these and nothing between.
SPACE_HAIR: Final = 2
SPACE_TIGHT: Final = 4
SPACE_SMALL: Final = 8
SPACE_MEDIUM: Final = 12
SPACE_LARGE: Final = 16
SPACE_WIDE: Final = 24
SPACE_EMPTY: Final = 40

ICON_SMALL_PX: Final = 16
ICON_PX: Final = 20
ICON_EMPTY_PX: Final = 56  # the drawing over an empty state's sentence


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, "#rrggbb". Data colours (classes, composites) never follow the theme: none is here."""

    name: Literal["light", "dark"]
    window: str  # tool bar, menu bar, status bar, dialogs
    panel: str  # docks, lists, menus
    field: str  # what can be typed into
    canvas: str  # round the scene; neutral grey, so that it tints no imagery
    text: str
    muted: str  # second-rank text and resting icons' labels
    disabled: str
    border: str  # dividers between surfaces
    control_border: str  # outline of fields and boxes: 3:1 against its surface
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str  # on accent
    accent_soft: str  # surface of a checked tool
    hover: str
    pressed: str
    selection: str
    selection_text: str
    focus: str
    warning: str
    error: str
    error_hover: str
    error_text: str  # on error
    tip: str
    tip_text: str


LIGHT: Final = Theme(
    name="light",
    window="#F0F2EE",
    panel="#FAFBF9",
    field="#FFFFFF",
    canvas="#C6C6C6",
    text="#1B211C",
    muted="#566058",
    disabled="#9AA39B",
    border="#D8DCD5",
    control_border="#7F887F",
    accent="#336F2A",
    accent_hover="#2B6023",
    accent_pressed="#234F1C",
    accent_text="#FFFFFF",
    accent_soft="#DCEAD5",
    hover="#E4E8E1",
    pressed="#DBE0D7",
    selection="#D3E5CB",
    selection_text="#14220F",
    focus="#336F2A",
    warning="#855400",
    error="#B3261E",
    error_hover="#981D16",
    error_text="#FFFFFF",
    tip="#262C27",
    tip_text="#F2F4F0",
)

DARK: Final = Theme(
    name="dark",
    window="#1B1E1C",
    panel="#232725",
    field="#181B19",
    canvas="#121212",
    text="#E5E9E3",
    muted="#A2ACA3",
    disabled="#667069",
    border="#353B37",
    control_border="#78827A",
    accent="#8CC878",
    accent_hover="#A0D68D",
    accent_pressed="#76B262",
    accent_text="#0F200A",
    accent_soft="#2E4228",
    hover="#2F3531",
    pressed="#39403B",
    selection="#35502C",
    selection_text="#F1F6EE",
    focus="#A0D68D",
    warning="#E6B656",
    error="#F48D84",
    error_hover="#F9A9A2",
    error_text="#2B0704",
    tip="#E5E9E3",
    tip_text="#1B211C",
)

_current: Theme = LIGHT


def current_theme() -> Theme:
    """The theme that was applied last; icons and painters ask at paint time and keep no colour."""
    return _current


def theme_for(mode: ThemeMode, scheme: Qt.ColorScheme) -> Theme:
    """The theme for the user's choice; "system" follows `scheme`, where unknown means light."""
    if mode == "system":
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    return DARK if mode == "dark" else LIGHT


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Fusion style, palette, tabular digits and style sheet for `theme`; every widget and icon repaints in it."""
    global _current
    _current = theme
    if not app.property("fieldbrush_prepared"):
        app.setProperty("fieldbrush_prepared", True)
        app.setStyle("Fusion")  # the one style that is the same on every desktop and obeys the palette
        app.setFont(tabular(app.font()))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme, app.font()))


def tabular(font: QFont) -> QFont:
    """A copy of `font` whose digits all have the same width, where the typeface offers it: counters do not jitter."""
    steady = QFont(font)
    steady.setFeature(QFont.Tag("tnum"), 1)
    return steady


def palette(theme: Theme) -> QPalette:
    """The Qt palette of `theme`, for what the style sheet leaves to Fusion and for the program's own painters."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.window,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.selection_text,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.muted,
        role.PlaceholderText: theme.muted,
        role.ToolTipBase: theme.tip,
        role.ToolTipText: theme.tip_text,
        role.Light: theme.panel,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.control_border,
        role.Shadow: theme.border,
    }
    made = QPalette()
    for each, colour in colours.items():
        made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.disabled))
    return made


def style_sheet(theme: Theme, font: QFont) -> str:
    """`resources/style.qss` with the tokens of `theme`, sizes relative to `font` and the indicator drawings filled in.

    Raises KeyError when the template names a token that does not exist.
    """
    base_pt = font.pointSizeF() if font.pointSizeF() > 0 else QFontInfo(font).pointSizeF()
    tokens = {key: str(value) for key, value in asdict(theme).items()}
    tokens |= {
        "size_title": f"{base_pt * 1.5:.1f}pt",
        "size_heading": f"{base_pt * 1.1:.1f}pt",
        "size_small": f"{base_pt * 0.92:.1f}pt",
        "check": _image("check", theme.accent_text),
        "check_disabled": _image("check", theme.panel),
        "dash": _image("dash", theme.accent_text),
        "menu_check": _image("check", theme.accent),
        "down": _image("chevron-down", theme.muted),
        "down_disabled": _image("chevron-down", theme.disabled),
        "up": _image("chevron-up", theme.muted),
        "up_disabled": _image("chevron-up", theme.disabled),
        "right": _image("chevron-right", theme.muted),
        "close": _image("close", theme.muted),
        "asking": _image("help", theme.accent),
        "telling": _image("info", theme.accent),
        "warning_sign": _image("warning", theme.warning),
        "error_sign": _image("error", theme.error),
        "dock_close": _image("dock-close", theme.muted),
        "dock_float": _image("dock-float", theme.muted),
    }
    template = resource_path("style.qss").read_text(encoding="utf-8")
    return Template(template).substitute(tokens)


def _image(name: str, colour: str) -> str:
    return f'url("{tinted_svg_url(name, colour)}")'


def set_class(widget: QWidget, name: str) -> None:
    """Gives `widget` the class `name` of resources/style.qss (its head lists them), also when it is already shown."""
    widget.setProperty("class", name)
    if name in ("panel", "card", "banner"):  # a plain QWidget subclass paints no background without this
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    _polish(widget)


def _polish(widget: QWidget) -> None:
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


class ThemeKeeper(QObject):
    """Keeps the application in the theme the user chose or the system's, and shows focus rings to keyboard users."""

    changed = Signal(object)  # the new Theme, after it was applied

    def __init__(self, app: QApplication, mode: ThemeMode = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode: ThemeMode = mode
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        app.focusChanged.connect(_show_focus)
        self._tell_system()
        apply_theme(app, self._wanted())

    def set_mode(self, mode: str) -> None:
        """Switches at once to one of THEME_MODES. Raises ValueError for any other word."""
        if mode not in THEME_MODES:
            raise ValueError(f"no theme mode is called {mode!r}")
        self._mode = mode
        self._tell_system()
        self._follow()

    def _wanted(self) -> Theme:
        return theme_for(self._mode, QGuiApplication.styleHints().colorScheme())

    def _tell_system(self) -> None:
        """Title bars and native dialogs should match an override."""
        hints = QGuiApplication.styleHints()
        if not hasattr(hints, "setColorScheme"):  # Qt 6.7
            return
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        hints.setColorScheme(schemes[self._mode])

    def _follow(self) -> None:
        theme = self._wanted()
        if theme == current_theme():
            return
        apply_theme(self._app, theme)
        self.changed.emit(theme)


def _show_focus(old: QWidget | None, now: QWidget | None) -> None:
    """Sets the property `keyFocus` on the focused widget unless the mouse brought the focus: QSS has no :focus-visible.

    When a window loses or regains the focus as a whole, its widgets stay as they are.
    """
    if old is None or now is None:
        return
    by_keyboard = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
    for widget, shown in ((old, False), (now, by_keyboard)):
        if bool(widget.property("keyFocus")) != shown:
            widget.setProperty("keyFocus", shown)
            _polish(widget)
