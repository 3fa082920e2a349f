"""The themes are readable, the style sheet is valid, and every icon follows the theme."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from core.cache import cache_folder
from gui import svg
from gui.icons import IconLabel, app_icon, icon, icon_colour
from gui.theme import DARK, LIGHT, Theme, ThemeKeeper, apply_theme, current_theme, set_class, style_sheet, theme_for
from resources import resource_path

Until = Callable[[Callable[[], object]], None]
REQUIRED = re.split(
    r"\s+",
    """open new demo save export undo redo brush eraser fill lasso polygon wand inspect pan line rectangle
zoom-in zoom-out fit actual-size grid mask prediction doubt layers composite stretch peek queue classes history training
train pause resume stop cancel next previous skip flag done submit accept protect settings help keys search scene
warning error info ok moon sun palette eye eye-off chevron-down chevron-right plus minus trash budget tile""",
)
ICONS = sorted(path.stem for path in resource_path("icons").glob("*.svg") if path.stem != "app")
CLASS_COLOURS = ("#0072B2", "#D55E00")
BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

SURFACES = ("window", "panel", "field")  # what widgets lie on
STYLES = re.sub(r"/\*.*?\*/", "", resource_path("style.qss").read_text(encoding="utf-8"), flags=re.DOTALL)
# A selector's last part: what it is (with its part), what is asked of it, and in which states.
SELECTOR = re.compile(r"(?P<before>.*[ >])?(?P<kind>\w+|\*)(?P<asked>(?:\[[^]]*\])*)(?P<rest>[:\w-]*)$")


@dataclass(frozen=True)
class Rule:
    """One selector of the style sheet and what it says of colours, as token names."""

    kind: str  # "QMenu::item"
    conditions: frozenset[str]  # classes, properties, states, and what it lies in
    colours: dict[str, str]

    @property
    def is_disabled(self) -> bool:
        return bool(self.conditions & {":disabled", ":off"})


def rules() -> Iterator[Rule]:
    for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", STYLES):
        said = dict(re.findall(r"([\w-]+):\s*([^;]+?)\s*(?:;|$)", body))
        colours = {key: word for key, value in said.items() for word in re.findall(r"\$(\w+)|\btransparent\b", value)}
        for selector in selectors.split(","):
            found = SELECTOR.match(selector.strip())
            assert found is not None, selector
            part = re.match(r"(?:::([\w-]+))?(.*)", found["rest"])
            assert part is not None
            kind = found["kind"] + (f"::{part[1]}" if part[1] else "")
            conditions = re.findall(r"\[[^]]*\]", found["asked"]) + re.findall(r":[\w-]+", part[2])
            if found["before"]:
                conditions.append(found["before"].strip())
            yield Rule(kind, frozenset(conditions), colours)


def looks() -> Iterator[tuple[str, dict[str, str]]]:
    """What every kind of widget looks like in every combination of classes and states that the style sheet knows of,
    disabled ones aside: the later and the narrower rule wins."""
    enabled = [rule for rule in rules() if not rule.is_disabled]
    for kind in {rule.kind for rule in enabled}:
        whole = kind.split("::")[0]
        about = [rule for rule in enabled if rule.kind in (kind, whole)]
        own = {rule.conditions for rule in about}
        for conditions in {first | second for first in own for second in own}:
            cascade = [rule for rule in about if rule.conditions <= conditions]
            cascade.sort(key=lambda rule: (rule.kind == kind, len(rule.conditions)))
            yield kind, {key: token for rule in cascade for key, token in rule.colours.items()}


def text_pairs() -> set[tuple[str, str]]:
    """(text, background) as tokens; what has no background of its own may lie on any surface, and what has no colour
    of its own is written in the palette's."""
    found: set[tuple[str, str]] = set()
    for kind, look in looks():
        ground = look.get("background")
        grounds = (ground,) if ground else SURFACES
        if kind.partition("::")[2] in ("", "item", "tab", "section", "title"):
            look = {"color": "text"} | look
        for key in ("color", "placeholder-text-color"):
            if look.get(key):
                found |= {(look[key], each) for each in grounds}
        if look.get("selection-color"):
            found.add((look["selection-color"], look["selection-background-color"]))
    return found


# What is painted or put together in Python.
PAINTED_PAIRS = {
    ("text", "canvas"),
    *[("muted", ground) for ground in ("hover", "pressed", "accent_soft")],
    *[("selection_text", "selection"), ("text", "selection")],
}
# A control is known by its outline, its handle, or the ring of the focus; `border` only divides.
SHAPE_PAIRS = [
    *[(s, surface) for s in ("control_border", "focus", "accent", "muted", "error") for surface in SURFACES],
    ("focus", "selection"),
]
CONTROLS = ("QPushButton", "QLineEdit", "QSpinBox", "QDoubleSpinBox", "QComboBox", "QPlainTextEdit", "QTextEdit",
            "QCheckBox::indicator", "QRadioButton::indicator", "QAbstractItemView::indicator",
            "QSlider::handle", "QScrollBar::handle")  # fmt: skip


@pytest.fixture(autouse=True)
def _light_again(app: QApplication) -> Iterator[None]:
    apply_theme(app, LIGHT)
    yield
    apply_theme(app, LIGHT)


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio, 1…21."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_formula_on_known_values() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
@pytest.mark.parametrize(("text", "surface"), sorted(text_pairs() | PAINTED_PAIRS))
def test_text_reaches_wcag_aa(theme: Theme, text: str, surface: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 4.5


def test_the_pairs_are_those_of_the_style_sheet() -> None:
    found = text_pairs()
    assert {("accent", "pressed"), ("accent", "selection"), ("error_text", "error"), ("muted", "field")} <= found
    assert not any(ground.startswith("disabled") or text == "disabled" for text, ground in found)


@BOTH
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_what_a_field_asks_for_is_as_clear_as_other_muted_words(
    app: QApplication, theme: Theme, kind: type[QWidget]
) -> None:
    """Where the style sheet only names the text's colour, Qt takes half of it."""
    apply_theme(app, theme)
    field = kind()
    field.ensurePolished()
    assert field.palette().color(QPalette.ColorRole.PlaceholderText) == QColor(theme.muted)


def test_no_control_is_known_by_a_pale_outline() -> None:
    """Outlines, and what has a colour instead of one, are of the tokens that reach 3:1."""
    pale = {"border", "disabled"}
    for rule in rules():
        if rule.kind in CONTROLS and not rule.is_disabled:
            outline = {rule.colours.get(key) for key in ("border", "border-color")}
            if rule.kind == "QScrollBar::handle":
                outline.add(rule.colours.get("background"))
            assert not outline & pale, rule


@BOTH
@pytest.mark.parametrize(("shape", "surface"), SHAPE_PAIRS)
def test_outlines_reach_wcag_aa(theme: Theme, shape: str, surface: str) -> None:
    assert contrast(getattr(theme, shape), getattr(theme, surface)) >= 3


@BOTH
def test_accent_is_no_class_colour(theme: Theme) -> None:
    accent = QColor(theme.accent).hslHue()
    assert all(abs(accent - QColor(colour).hslHue()) > 45 for colour in CLASS_COLOURS)


@BOTH
def test_canvas_is_neutral_grey(theme: Theme) -> None:
    assert QColor(theme.canvas).hsvSaturation() == 0


def test_every_required_icon_is_shipped() -> None:
    assert set(REQUIRED) <= set(ICONS)
    assert resource_path("icons", "app.svg").is_file()


@pytest.mark.parametrize("name", ICONS)
def test_icon_is_on_the_common_grid_and_names_no_colour(name: str) -> None:
    root = ElementTree.fromstring(svg.svg_text(name))
    assert root.attrib["viewBox"] == "0 0 24 24"
    assert root.attrib["stroke-width"] == "1.75"
    assert root.attrib["stroke-linecap"] == root.attrib["stroke-linejoin"] == "round"
    for element in root.iter():
        for key in ("stroke", "fill"):
            assert element.attrib.get(key, "none") in ("none", "currentColor")
        assert "style" not in element.attrib


@pytest.mark.parametrize("name", ICONS)
def test_icon_draws_in_the_theme_colour_inside_its_box(app: QApplication, name: str) -> None:
    image = icon(name).pixmap(QSize(24, 24), 2.0).toImage()
    assert (image.width(), image.height(), image.devicePixelRatio()) == (48, 48, 2.0)
    assert _strongest(image) == QColor(LIGHT.text).getRgb()[:3]
    edge = [(x, y) for x in range(48) for y in (0, 47)] + [(x, y) for x in (0, 47) for y in range(48)]
    assert all(image.pixelColor(x, y).alpha() == 0 for x, y in edge), "the drawing is cut off at the edge"


def _strongest(image: QImage) -> tuple[int, int, int]:
    """The colour of the most opaque pixel."""
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    best = max((image.pixelColor(x, y) for x, y in points), key=QColor.alpha)
    assert best.alpha() > 200, "nothing was drawn"
    red, green, blue, _ = best.getRgb()
    return red, green, blue


def test_unknown_icon_is_refused(app: QApplication) -> None:
    with pytest.raises(KeyError, match="no icon is called 'nonsense'"):
        icon("nonsense")


def test_the_same_icon_object_changes_colour_with_theme_and_state(app: QApplication) -> None:
    brush = icon("brush")
    size = QSize(32, 32)
    for theme in (LIGHT, DARK, LIGHT):
        apply_theme(app, theme)
        seen = {
            (QIcon.Mode.Normal, QIcon.State.Off): theme.text,
            (QIcon.Mode.Normal, QIcon.State.On): theme.accent,
            (QIcon.Mode.Disabled, QIcon.State.Off): theme.disabled,
        }
        for (mode, state), colour in seen.items():
            assert _strongest(brush.pixmap(size, mode, state).toImage()) == QColor(colour).getRgb()[:3]


def test_muted_icons_wake_under_the_cursor() -> None:
    off = QIcon.State.Off
    assert icon_colour(LIGHT, "muted", QIcon.Mode.Normal, off) == LIGHT.muted
    assert icon_colour(LIGHT, "muted", QIcon.Mode.Active, off) == LIGHT.text
    assert icon_colour(LIGHT, "on_accent", QIcon.Mode.Normal, off) == LIGHT.accent_text


def test_a_shown_button_recolours_without_being_told(app: QApplication) -> None:
    button = QToolButton()
    button.setIcon(icon("stop"))
    button.setIconSize(QSize(32, 32))
    button.show()
    before = button.grab().toImage()
    apply_theme(app, DARK)
    app.processEvents()
    after = button.grab().toImage()
    button.close()
    assert QColor(DARK.text).name() in _colours(after)
    assert QColor(DARK.text).name() not in _colours(before)


def _colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_copies_of_an_icon_survive_being_changed(app: QApplication) -> None:
    for _ in range(50):
        copy = QIcon(icon("flag"))
        copy.addPixmap(icon("flag").pixmap(16, 16))  # detaches: Qt clones the engine
        assert not copy.pixmap(16, 16).isNull()
        del copy


def test_icon_label_paints_and_keeps_its_size(app: QApplication) -> None:
    label = IconLabel("scene", 56, "accent")
    assert label.sizeHint() == QSize(56, 56)
    label.resize(56, 56)
    assert QColor(LIGHT.accent).name() in _colours(label.grab().toImage())
    label.set_icon("warning", "warning")
    assert QColor(LIGHT.warning).name() in _colours(label.grab().toImage())


def test_app_icon_has_all_sizes_and_full_colour(app: QApplication) -> None:
    sizes = {size.width() for size in app_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes
    assert len(_colours(app_icon().pixmap(64, 64).toImage())) > 20


@BOTH
def test_style_sheet_uses_tokens_only_and_parses(app: QApplication, theme: Theme) -> None:
    template = resource_path("style.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", template)
    complaints: list[str] = []
    previous = qInstallMessageHandler(lambda kind, context, message: complaints.append(message))
    try:
        apply_theme(app, theme)
        QWidget().ensurePolished()
    finally:
        qInstallMessageHandler(previous)
    assert complaints == []


@BOTH
def test_style_sheet_fills_every_token_and_its_images_outlive_the_cache(app: QApplication, theme: Theme) -> None:
    """What is in the cache may be deleted at any time, and Qt looks for an image whenever it draws it."""
    sheet = style_sheet(theme, app.font())
    shutil.rmtree(cache_folder(), ignore_errors=True)
    assert "$" not in sheet
    images = set(re.findall(r'url\("([^"]+)"\)', sheet))
    assert len(images) > 10
    for path in images:
        drawn = QIcon(path).pixmap(QSize(16, 16)).toImage()
        pixels = [drawn.pixelColor(x, y) for x in range(16) for y in range(16)]
        wanted = QColor(f"#{path.removesuffix('.svg')[-6:]}").name()
        assert wanted in {pixel.name() for pixel in pixels if pixel.alpha()}, path


@BOTH
def test_tokens_are_plain_hex_colours(theme: Theme) -> None:
    colours = {key: value for key, value in asdict(theme).items() if key != "name"}
    assert all(re.fullmatch(r"#[0-9A-F]{6}", value) for value in colours.values())


def test_mode_decides_and_system_follows_the_desktop() -> None:
    assert theme_for("dark", Qt.ColorScheme.Light) is DARK
    assert theme_for("light", Qt.ColorScheme.Dark) is LIGHT
    assert theme_for("system", Qt.ColorScheme.Dark) is DARK
    assert theme_for("system", Qt.ColorScheme.Unknown) is LIGHT


def test_keeper_switches_palette_and_tells_once(app: QApplication) -> None:
    keeper = ThemeKeeper(app, "light")
    heard: list[Theme] = []
    keeper.changed.connect(heard.append)
    keeper.set_mode("dark")
    keeper.set_mode("dark")
    assert heard == [DARK]
    assert current_theme() is DARK
    assert app.palette().window().color() == QColor(DARK.window)
    with pytest.raises(ValueError, match="no theme mode"):
        keeper.set_mode("sepia")
    assert current_theme() is DARK
    keeper.deleteLater()


def test_focus_ring_shows_for_the_keyboard_only(app: QApplication, until: Until) -> None:
    keeper = ThemeKeeper(app, "light")
    box = QWidget()
    row = QHBoxLayout(box)
    field, button = QLineEdit(), QPushButton("Go")
    row.addWidget(field)
    row.addWidget(button)
    box.show()
    box.activateWindow()
    field.setFocus()
    until(field.hasFocus)
    assert not button.property("keyFocus")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    until(button.hasFocus)
    assert button.property("keyFocus") is True
    assert QColor(LIGHT.focus).name() in _colours(button.grab().toImage())
    box.close()
    keeper.deleteLater()


def test_a_class_set_late_restyles_a_shown_widget(app: QApplication) -> None:
    button = QPushButton("Train")
    button.show()
    set_class(button, "primary")
    app.processEvents()
    assert QColor(LIGHT.accent).name() in _colours(button.grab().toImage())
    button.close()


@pytest.mark.parametrize(
    ("kind", "tone"),
    [(QMessageBox.Icon.Question, "accent"), (QMessageBox.Icon.Information, "accent"),
     (QMessageBox.Icon.Warning, "warning"), (QMessageBox.Icon.Critical, "error")],
)  # fmt: skip
@BOTH
def test_message_boxes_have_the_programs_own_signs(
    app: QApplication, theme: Theme, kind: QMessageBox.Icon, tone: str
) -> None:
    apply_theme(app, theme)
    box = QMessageBox(kind, "Title", "What happened.")
    box.ensurePolished()
    box.setIcon(kind)
    assert _strongest(box.iconPixmap().toImage()) == QColor(getattr(theme, tone)).getRgb()[:3]
    box.deleteLater()
