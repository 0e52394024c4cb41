"""What a .keras file may hold: its layers are planned before Keras, which believes it, makes any.

Keras makes whatever class a file names, in whatever size it says. So only what the lesson's kinds
of layers need may stand there.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from typing import Any

from mnist_lesson.network.plan import MOST_WEIGHTS, Shape, plan
from mnist_lesson.network.twin import spec_of
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.shared.foreign import ForeignError

PICTURE = (SIDE, SIDE, 1)
LARGEST_FILE = 4 * MOST_WEIGHTS + 10_000_000  # bytes; the lesson's own network takes 5 million
WEIGHTS = "model.weights.h5"
PARTS = {"metadata.json": 100_000, "config.json": 1_000_000, WEIGHTS: LARGEST_FILE}
MOST_LAYERS = 100
MOST_GROUPS = 2000  # of weights in a .keras file, which has about four per layer
# The settings that a layer may have …
SETTINGS = re.compile(
    "(kernel|bias|activity|beta|gamma|moving_mean|moving_variance)_"
    "(initializer|regularizer|constraint)"
    "|activation|axis|batch_shape|center|data_format|dilation_rate|dtype|epsilon|filters|groups"
    "|keepdims|kernel_size|max_value|momentum|name|negative_slope|padding|pool_size|rate"
    "|renorm_momentum|scale|seed|strides|synchronized|threshold|trainable|units|use_bias"
)
# … and the classes that may stand in them.
INNER = re.compile(
    r"keras\.(initializers|regularizers|constraints)\.\w+|keras\.random\.SeedGenerator"
    r"|keras\.DTypePolicy"
)
# What a call of a layer may be given beside what the layer before it gives.
_KEYWORDS = foreign.fields({}, dict.fromkeys(("training", "mask"), foreign.maybe(foreign.flag)))
INNER_PARTS = {"module", "class_name", "config", "registered_name", "shared_object_id"}
_LAYER = foreign.fields(
    {
        "module": foreign.choice("keras.layers"),
        "class_name": foreign.text(80),
        "config": foreign.fields({}, more=True),
    },
    {"registered_name": foreign.choice(None)},
    more=True,
)
# With `more`, since Keras writes much that changes nothing here; what counts is looked at below.
CONFIG = foreign.fields(
    {
        "module": foreign.choice("keras", "keras.src.models.functional"),
        "class_name": foreign.choice("Sequential", "Functional"),
        "config": foreign.fields({"layers": foreign.list_of(_LAYER, MOST_LAYERS, 2)}, more=True),
    },
    {"registered_name": foreign.choice(None, "Functional")},
    more=True,
)


def check_keras_file(data: bytes, *, most: int = LARGEST_FILE) -> None:
    """Unpack, plan and count a .keras file before Keras sees it, or raise ForeignError.

    A library in C reads its weights, and raises errors of many kinds.
    """
    if set(foreign.read_names(data)) != PARTS.keys():
        raise ForeignError("it is a zip file, but not of a Keras network")
    parts = foreign.read_zip(data, {**PARTS, WEIGHTS: 0}, most)
    count = _check_config(foreign.read_json(parts["config.json"]))
    # That many weights need no more room than this: some are kept twice, and HDF5 adds headings to
    # them.
    limits = {**dict.fromkeys(PARTS, 0), WEIGHTS: 16 * count + 4_000_000}
    weights = foreign.read_zip(data, limits, most)[WEIGHTS]
    try:
        _check_weights(weights, count)
    except ForeignError:
        raise
    except Exception as error:
        raise ForeignError("its weights cannot be read") from error


def _check_config(config: Any) -> int:
    """Plan the layers that a .keras file declares, and return how many weights they have.

    Keras would build them first, at whatever size, and compare afterwards.
    """
    foreign.check(config, CONFIG)
    chain = config["config"]
    first, *layers = chain["layers"]
    shape: Shape = PICTURE
    count = 0
    try:
        reads = first["config"]["batch_shape"]
        if first["class_name"] != "InputLayer" or reads != [None, *PICTURE]:
            raise ForeignError("its network doesn't read digits of 28 × 28 pixels")
        if config["class_name"] == "Functional":
            _check_row(chain)
        _check_settings(first["config"])
        for layer in layers:
            # Keras would believe this size, too, and make room for its weights.
            if layer.get("build_config") not in (None, {}, {"input_shape": [None, *shape]}):
                raise ForeignError("one of its layers claims another size than it has")
            # The sizes of its weights follow from what it says and from what comes before it.
            sizes = _declared(layer, shape)
            name = layer["config"]["name"]
            spec = spec_of(name, layer["class_name"], layer["config"])
            _check_settings(layer["config"])
            shape = plan([spec], {name: sizes}, shape)[0].output
            count += sum(math.prod(size) for size in sizes.values())
    except ForeignError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ForeignError(f"its layers cannot be understood ({error})") from error
    if shape != (CLASSES,) or count > MOST_WEIGHTS:
        raise ForeignError(
            f"its network gives {shape}, with {count:,} weights: it is not for digits"
        )
    return count


def _check_row(chain: dict[str, Any]) -> None:
    """Raise ForeignError unless a Functional network's layers follow one another, first to last."""
    layers = chain["layers"]
    names = [layer["config"]["name"] for layer in layers]
    for end, name in (("input_layers", names[0]), ("output_layers", names[-1])):
        if chain[end] not in ([name, 0, 0], [[name, 0, 0]]):
            raise ForeignError("it begins or ends in the middle of its layers")
    for before, layer in itertools.pairwise(layers):
        # One call of the layer, on one tensor: the one that the layer before it gave.
        (node,) = layer["inbound_nodes"]
        (tensor,) = node["args"]
        foreign.check(node["kwargs"], _KEYWORDS)
        history = tensor["config"]["keras_history"]
        if tensor["class_name"] != "__keras_tensor__" or history != [
            before["config"]["name"],
            0,
            0,
        ]:
            raise ForeignError("its layers branch")


def _check_settings(settings: dict[str, Any]) -> None:
    """Raise ForeignError if Keras would make more of a layer than the twin knows."""
    foreign.check(settings["name"], foreign.text(80, r"[A-Za-z0-9_.\\>-]+"), "a layer's name")
    # Settings that are new in a later Keras are fine, as long as they're off.
    if strange := [key for key, value in settings.items() if value and not SETTINGS.fullmatch(key)]:
        raise ForeignError(f"one of its layers has a setting {strange[0][:40]!r}")
    kind = settings.get("dtype", "float32")
    kind = kind["config"]["name"] if isinstance(kind, dict) else kind
    foreign.check(kind, foreign.text(20, r"(mixed_)?b?float(16|32|64)"), "a dtype")
    _check_classes(settings)


def _check_classes(settings: dict[Any, Any]) -> None:
    """Allow only initialisers and the like in a layer's settings: Keras makes what they name."""
    for value in settings.values():
        if isinstance(value, list):
            _check_classes(dict(enumerate(value)))
        if isinstance(value, dict):
            named = f"{value.get('module')}.{value.get('class_name')}"
            if not INNER.fullmatch(named) or value.get("registered_name"):
                raise ForeignError(f"one of its layers is made of {named[:60]!r}")
            if value.keys() - INNER_PARTS:
                raise ForeignError("one of its layers holds another")
            _check_classes(value["config"])


def _declared(layer: dict[str, Any], shape: Shape) -> dict[str, Shape]:
    """Return the shapes of the weights the twin will have for a layer that a file declares."""
    config = layer["config"]
    for size in (config.get("filters", 1), config.get("units", 1), *config.get("kernel_size", ())):
        foreign.check(size, foreign.whole(1, MOST_WEIGHTS), "a size")
    match layer["class_name"]:
        case "Conv2D":
            filters = config["filters"]
            return {"kernel": (*config["kernel_size"], shape[2], filters), "bias": (filters,)}
        case "Dense":
            return {"kernel": (shape[-1], config["units"]), "bias": (config["units"],)}
        case "BatchNormalization":
            return {"scale": shape[-1:], "shift": shape[-1:]}
    return {}


def _check_weights(data: bytes, count: int) -> None:
    """Count the numbers in the file of weights: in HDF5, a few bytes can promise any number."""
    import h5py  # it comes with Keras

    size = 0
    with h5py.File(io.BytesIO(data), "r") as file:
        # Count each way in, not each group: forty groups, each holding the next one twice, make
        # 2**40 ways.
        ways: list[tuple[Any, str]] = [(file, name) for name in file]
        for group, name in ways:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ForeignError("its weights are in another file")
            item = group[name]
            if isinstance(item, h5py.Dataset):
                # In one piece, as Keras writes them: chunks are packed, and may claim any size.
                if item.chunks or item.is_virtual or item.external or item.dtype.kind not in "fiu":
                    raise ForeignError("its weights aren't plain numbers")
                size += item.size
            else:
                ways += [(item, inner) for inner in item]
            # Batch normalisation keeps four numbers where the twin has two; dropout keeps its seed.
            if size > 2 * count + 1000 or len(ways) > MOST_GROUPS:
                raise ForeignError("it holds more weights than its network has")
