"""What the robot expert does with suggestions: it scribbles, takes over what is good of the draft, and corrects it.

- Scribbles: short strokes where the colouring is most wrong, of two classes before the next look at the answer. Where a
  model leads there are none: what it predicts does not change with the paint.
- A glance at the draft: classes of which more is right than wrong are accepted, all at once or one by one.
- Tidying is a key each, pressed where it makes the Tile better.
- Pieces of paint or of the draft that are mostly another class get that with one click.
- What is still wrong is mended with the edge-snapping brush and the brush (`_snap.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.labels.assist import NO_PIECE, pieces
from core.labels.classes import UNLABELED
from core.labels.tidying import TIDY
from tests.benchmarks._robot import Field, Labels, Robot
from tests.benchmarks._snap import mend_with_snapping

SCRIBBLES_AT_MOST = 8
SCRIBBLES_A_LOOK = 2  # of different classes
POOR_ROUNDS = 2
SCRIBBLE_HELPS = 0.02  # of IoU; two in a row that help less end the scribbling
WORTH_ACCEPTING = 0.5  # IoU of a class in the draft: more is right than wrong
TIDYING_HELPS = 0.005
CLICK_HELPS = 0.003  # of IoU
CLICKS_AT_MOST = 60
_LOOKED_AT = 6  # pieces of a class, the most wrong first


def suggest_and_correct(robot: Robot) -> None:
    scribble(robot)
    robot.session.forecasts.suggests = False  # nobody looks at new suggestions any more
    accept_what_is_good(robot)
    tidy(robot)
    click_pieces(robot)
    mend_with_snapping(robot)
    robot.fill_rest()


# -- scribbling ------------------------------------------------------------------------------------------------------


def scribble(robot: Robot) -> None:
    """Short strokes where the colouring is most wrong, as long as they help."""
    session = robot.session
    session.forecasts.suggests = True
    session.predicting.visible(robot.tile_id)
    guess, poor = suggestion(robot), 0
    if not session.forecasts.classifier_leads:
        return  # a model does not change with what is painted
    for _ in range(SCRIBBLES_AT_MOST // SCRIBBLES_A_LOOK):
        before = robot.iou(guess)
        if before >= robot.limits.iou or poor >= POOR_ROUNDS:
            return
        done: list[int] = []
        for _ in range(SCRIBBLES_A_LOOK):
            value = one_scribble(robot, guess, done)
            if value is None:
                break
            done.append(value)
        if not done:
            return
        guess = suggestion(robot)
        if session.forecasts.predictions.get(robot.tile_id) is not None:
            robot.hand.look()  # the colours have changed
        both = set(np.unique(robot.labels)) >= {UNLABELED, *robot.present}
        poor = poor + 1 if both and robot.iou(guess) < before + SCRIBBLE_HELPS else 0


def suggestion(robot: Robot) -> Labels:
    """What accepting the draft would give, once the classifier has answered."""
    session = robot.session
    while any(session.pending(key) for key in ("suggest", "predict visible")):
        session.inbox.run_next(0.1)
    for job in session.compute.active():
        if job.key != "train":
            job.cancel()  # the colouring of other Tiles: it costs this machine time and the expert none
    session.inbox.run_waiting()
    return shown(robot)


def shown(robot: Robot) -> Labels:
    """Paint, and the draft where nothing is painted."""
    prediction = robot.session.forecasts.predictions.get(robot.tile_id)
    if prediction is None:
        return robot.labels.copy()
    return np.where(robot.labels == UNLABELED, prediction.classes, robot.labels)


def one_scribble(robot: Robot, guess: Labels, done: Sequence[int] = ()) -> int | None:
    """The widest place of what is most wrong, but of the classes `done`, gets one short stroke; its class, None when
    nothing is left to paint."""
    wrong = {v: (robot.truth == v) & (guess != v) for v in robot.present if v not in done}
    if not wrong:
        return None
    value = max(wrong, key=lambda v: wrong[v].sum() / max((robot.truth == v).sum(), 1))
    for diameter_px in (36, 25, 17, 12, 8, 6, 4):
        field = Field.of(robot, value, diameter_px)
        field.wanted = wrong[value] & (robot.labels != value)
        field.rate_places()
        stroke = field.next_by_hand(0.5)
        if stroke is not None:
            stroke = replace(stroke, way=stroke.way[:8], widths=stroke.widths[:8])
            robot.do(value, stroke)
            return value
    return None


# -- the draft -------------------------------------------------------------------------------------------------------


def accept_what_is_good(robot: Robot) -> None:
    """Which shows nothing new: no look."""
    session = robot.session
    if session.forecasts.predictions.get(robot.tile_id) is None:
        return
    ious = robot.ious(shown(robot))
    good = [value for value in robot.present if ious[value] >= WORTH_ACCEPTING]
    if len(good) == len(robot.present):
        robot.hand.press_keys(2)  # Ctrl+Enter
        session.accept_prediction(robot.tile_id, robot.paintable)
        return
    for value in good:
        if value != robot.background:  # that is filled at the end
            robot.hand.choose(value)
            robot.hand.press_keys(3)  # Ctrl+Shift+Enter
            session.accept_prediction(robot.tile_id, robot.paintable, (value,))


def tidy(robot: Robot) -> None:
    for what, change in TIDY.items():
        tidied = np.where(change(robot.labels) == UNLABELED, np.uint8(robot.background), change(robot.labels))
        if robot.iou(tidied) > robot.iou(robot.outcome()) + TIDYING_HELPS:
            robot.hand.press_keys(3)  # Ctrl+Shift+S, H, X
            robot.hand.look()
            robot.session.tidy(robot.tile_id, what, robot.paintable)


# -- pieces ----------------------------------------------------------------------------------------------------------


def click_pieces(robot: Robot) -> None:
    """Give pieces the class that most of them is, while a click helps more than a little."""
    for _ in range(CLICKS_AT_MOST):
        if robot.is_content(robot.outcome()):
            return
        found = pieces(shown(robot))
        gain, number, value = max(candidates(robot, found), default=(0.0, NO_PIECE, UNLABELED))
        if gain < CLICK_HELPS:
            return
        area = found == number
        room = ndimage.distance_transform_edt(np.pad(area, 1))[1:-1, 1:-1]
        y, x = np.unravel_index(int(room.argmax()), room.shape)
        robot.hand.take_tool("relabel")
        robot.hand.choose(value)
        robot.hand.click((float(x) + 0.5, float(y) + 0.5), 2 * float(room.max()))
        robot.paint_area("relabel", area, value)


def candidates(robot: Robot, found: NDArray[np.int32]) -> list[tuple[float, int, int]]:
    """(what it adds to the IoU, piece, class) of the clicks that make the most pixels right."""
    outcome, truth = robot.outcome(), robot.truth
    known = robot.known & (found != NO_PIECE)
    count = int(found.max()) + 1
    right = np.bincount(found[known & (outcome == truth)], minlength=count)
    rated = []
    for value in robot.present:
        gains = np.bincount(found[known & (truth == value)], minlength=count) - right
        for number in np.argsort(-gains)[:_LOOKED_AT]:
            if gains[number] > 0:
                after = robot.iou(np.where(found == number, np.uint8(value), outcome))
                rated.append((after - robot.iou(outcome), int(number), value))
    return rated
