"""A wrong argument gets an error that says what came, what was expected, and what to type.

One table for the whole package. What is checked of pictures and labels stands in test_checks, what
figures refuse in test_look, and what settings and a training refuse in test_train.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import made_up_run, practised

from mnist_lesson.handwriting.center import LARGEST_SIDE, center_drawing
from mnist_lesson.handwriting.hand import learn_hand
from mnist_lesson.handwriting.number import read_number
from mnist_lesson.handwriting.photo import ink_from_photo
from mnist_lesson.handwriting.strokes import MOST_POINTS, check_strokes
from mnist_lesson.handwriting.take_home import rounded, take_home
from mnist_lesson.handwriting.unsure import strangers, with_threshold
from mnist_lesson.instructor.compare import compare
from mnist_lesson.instructor.plain_keras import show_code
from mnist_lesson.instructor.sweeps import sweep
from mnist_lesson.introduction.one_neuron import learn
from mnist_lesson.introduction.sliding_window import to_pixels
from mnist_lesson.load import split
from mnist_lesson.mistakes.occlusion import occlusion_map
from mnist_lesson.model import build_fast_model
from mnist_lesson.network.twin import Twin
from mnist_lesson.one_hot import from_one_hot, one_hot
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.test import Prediction
from mnist_lesson.training.settings import Settings
from mnist_lesson.widgets.digit_browser import DigitBrowser
from mnist_lesson.widgets.keepsakes import certificate
from mnist_lesson.widgets.mistake_browser import MistakeBrowser
from mnist_lesson.widgets.network_map import NetworkMap

PICTURES, LABELS = np.zeros((4, 28, 28), np.uint8), np.arange(4)
BLANK, INPUTS = PICTURES[0], np.zeros((4, 28, 28, 1), np.float32)
CHANCES = np.eye(10)[LABELS]
TWO_ROWS = [[40, 20, 40, 110], [40, 160, 40, 250], [90, 20, 90, 110]]
COUNTS = 90 * np.eye(10, dtype=int) + 1
NETWORK = practised()
RUN = made_up_run()
FAILED = replace(RUN, status="failed", reason="It fell over.", judged=0, right="")
SHEET = partial(certificate, counts=COUNTS)
NEVER = Path("never.html")
PAGE = partial(take_home, NEVER)


def changed(place: int, activation: str) -> Twin:
    """Return the practised network with another activation in one of its layers."""
    specs = [dict(spec) for spec in NETWORK.specs]
    specs[place]["activation"] = activation
    return Twin(specs, NETWORK.weights, NETWORK.input_shape, "changed")


def occlude(image: Any, side: Any) -> Any:
    return occlusion_map(NETWORK, image, side=side)


HEADLESS = Twin(NETWORK.specs[:-1], NETWORK.weights, NETWORK.input_shape, "headless")
NO_DIGITS = ("five", None, PICTURES, BLANK[:3, :3], BLANK + np.int64(300))
NAMES = ("", "../up", "a/b", "a\\b", ".hidden", "x" * 81, "a b", None, 3, "a\n")
NO_STROKES = ("7", None, 7, {"a": 1}, [7], [[]], [[1]], [[1, 2, 3]], [["a", "b"]], [[[1, 2]]])
NO_PHOTOS = (np.zeros((5, 5)), PICTURES[..., :2], PICTURES[0, 0], PICTURES[0, :0], "photo.png")
NO_MAPS = ((BLANK / 255, 7), (BLANK[:14], 7), (BLANK, 0), (BLANK, 28), (BLANK, 2.5))

# What is said, who says it, and of what.
REFUSED: list[tuple[Any, ...]] = [
    # 00 to 05
    ("pictures", learn, [1, 2], [1, 0], 1),
    *(("image", to_pixels, wrong) for wrong in NO_DIGITS),
    ("take more digits", split, [1, 2], 0.1),
    ("labels", DigitBrowser, PICTURES, LABELS[:-1]),
    ("dtype uint8", DigitBrowser, PICTURES / 255, LABELS),
    ("0 to 9", one_hot, [10]),
    ("from_one_hot", one_hot, np.eye(10)),
    (r"\[vector\]", from_one_hot, [0, 1]),
    (r"\(n, 10\)", from_one_hot, np.zeros((0, 10))),
    ("NaN", from_one_hot, [[np.nan, 1]]),
    ("different lengths", from_one_hot, [[1, 0], [1]]),
    *(("table of numbers", from_one_hot, wrong) for wrong in ("5", [["a", "b"]])),
    *(("filters", partial(build_fast_model, filters=wrong)) for wrong in ((32, 64), "24", (0.5,))),
    ("to_input", NETWORK.predict, INPUTS.astype(np.uint8)),
    ("0 to 1", NETWORK.predict, INPUTS * np.nan),
    (r"\(n, 28, 28, 1\)", NETWORK.predict, INPUTS[0]),
    ("floats", NETWORK.predict, "digits"),
    ("dtype uint8", partial(NetworkMap, images=INPUTS[..., 0]), NETWORK),
    # 06 and 07
    *(("short name", run_folder, name) for name in NAMES),
    *(("came as", occlude, *wrong) for wrong in NO_MAPS),
    ("10,000 test digits", MistakeBrowser, Prediction(LABELS, CHANCES.astype("f4"))),
    # 08
    *(("stroke", check_strokes, wrong) for wrong in (*NO_STROKES, [[np.nan, 1]])),
    ("more than 20,000 points", check_strokes, [[0] * (2 * MOST_POINTS + 2)]),
    (r"uint8.*\(255 \* drawing\)", center_drawing, np.zeros((28, 28))),
    *(("uint8", center_drawing, wrong) for wrong in (BLANK > 0, None)),
    ("ink_from_photo", center_drawing, np.zeros((28, 28, 3), np.uint8)),
    (r"\(height, width\)", center_drawing, BLANK[0]),
    *(
        ("from 1 to 4096", center_drawing, np.zeros((n, LARGEST_SIDE + 1), np.uint8))
        for n in (0, 2)
    ),
    *(("image came as", ink_from_photo, wrong) for wrong in NO_PHOTOS),
    *(("blank", read_number, wrong) for wrong in ([], BLANK)),
    ("uint8", read_number, np.zeros((50, 50))),
    ("more than one row", read_number, TWO_ROWS),
    ("can't read this picture", read_number, b"no picture"),
    *(
        ("from 0 to 1", with_threshold, wrong, LABELS, 0.5)
        for wrong in (CHANCES * 9, CHANCES * np.nan)
    ),
    ("from 0 to 1", with_threshold, CHANCES, LABELS, 1.5),
    ("number", with_threshold, CHANCES, LABELS, "sure"),
    ("4 pictures but 2", with_threshold, CHANCES, LABELS[:2], 0.5),
    (r"\(n, 10\)", with_threshold, CHANCES[:, :2], LABELS, 0.5),
    ("'letters'", strangers, "cats"),
    # 10 and 11
    ("4 pictures but 2 labels", learn_hand, NETWORK, PICTURES, LABELS[:2]),
    ("empty", learn_hand, NETWORK, PICTURES[:0], LABELS[:0]),
    (r"'output'.*softmax", learn_hand, changed(-1, "linear"), PICTURES, LABELS),
    (r"conv_1.*gelu.*knows Conv2D", partial(PAGE, network=changed(0, "gelu"))),
    (r"name.*80", partial(PAGE, network=NETWORK, name="x" * 81)),
    ("headless must end in Dense", rounded, HEADLESS),
    ("from_keras", rounded, "my network"),
    ("name='Ada'", SHEET, 7),
    ("81 letters, but at most 80", SHEET, "x" * 81),
    ("cannot be printed", SHEET, "A\u202eda"),
    ("confusion", partial(SHEET, counts=np.zeros((10, 10))), "Ada"),
    # For instructors
    ("There is no option 'batchsize'", sweep, {"batchsize": [1]}),
    ("a list of values is needed", sweep, {"batch_size": 32}),
    ("Type sweep", sweep, Settings()),
    ("names and values", sweep, [3]),
    ("judged on different digits", compare, RUN, made_up_run(judged_on="other")),
    ("It fell over", compare, RUN, FAILED),
    ("compare", compare, RUN, 3),
    ("batch_size", show_code, {"batch_size": 0}),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: str(refused[0]))
def test_a_wrong_argument_is_refused_in_words(refused, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    words, call, *given = refused
    with pytest.raises((TypeError, ValueError), match=words):
        call(*given)
    assert not NEVER.exists()
