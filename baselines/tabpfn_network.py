"""How does the TabPFN v1 network turn labelled rows and a new row into class logits?

A transformer of 12 layers, 512 wide, 4 heads, without positions, each row one token (Hollmann
et al. 2023, "TabPFN: A Transformer That Solves Small Tabular Classification Problems in a
Second", arXiv:2207.01848). Written from `tabpfn/transformer.py` and `tabpfn/layer.py` of the
package tabpfn 0.1.11; a test compares the logits with that code's.

Every row, new or labelled, attends to the labelled rows alone (`efficient_eval_masking` there).
So the labelled rows are encoded once, their keys and values of each layer kept (a `Memory`), and
new rows stream past them in batches of any size without changing a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

WIDTH = 512
HEADS = 4
LAYERS = 12
MAX_CLASSES = 10

Memory = list[tuple[Tensor, Tensor]]
"""Of each layer the labelled rows' scaled keys (4, 128, rows) and values (4, rows, 128)."""


class Dense(NamedTuple):
    """An affine map; weight (out, in), bias (out,)."""

    weight: Tensor
    bias: Tensor


class Layer(NamedTuple):
    """A layer's weights: normalisation comes after each of its two residual sums."""

    query: Dense
    key: Dense
    value: Dense
    out: Dense
    up: Dense
    down: Dense
    norm_attention: Dense
    norm_feed: Dense


@dataclass(frozen=True)
class Network:
    """The weights in float32, and those of the layers' products once more as `stream`.

    `stream` is what new rows pass: in bfloat16 where that is faster, else the layers themselves.
    """

    encode_x: Dense
    encode_y: Dense
    layers: tuple[Layer, ...]
    stream: tuple[Layer, ...]
    decode_hidden: Dense
    decode_out: Dense
    device: str
    n_params: int


def read_network(path: Path, device: str, dtype: torch.dtype) -> Network:
    """Read the official checkpoint (state, optimizer, configuration) without running its pickle.

    Raises `pickle.UnpicklingError` where the file holds more than tensors and plain containers,
    KeyError or ValueError where it is another network.
    """
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    state: dict[str, Tensor] = {
        name.removeprefix("module."): tensor.to(device, torch.float32)
        for name, tensor in checkpoint[0].items()
        if not name.startswith("module.criterion")  # the training loss's, not the network's
    }
    n_params = sum(tensor.numel() for tensor in state.values())
    layers = tuple(_layer(state, index) for index in range(LAYERS))
    network = Network(
        encode_x=_dense(state, "encoder"),
        encode_y=_dense(state, "y_encoder"),
        layers=layers,
        stream=tuple(_cast(layer, dtype) for layer in layers),
        decode_hidden=_dense(state, "decoder.0"),
        decode_out=_dense(state, "decoder.2"),
        device=device,
        n_params=n_params,
    )
    if state:
        raise ValueError(f"{path}: unexpected weights {sorted(state)[:3]}; not TabPFN v1")
    return network


def _dense(state: dict[str, Tensor], name: str) -> Dense:
    return Dense(state.pop(f"{name}.weight"), state.pop(f"{name}.bias"))


def _layer(state: dict[str, Tensor], index: int) -> Layer:
    """Take a layer's weights out of `state`; the packed projection holds query, key, value."""
    name = f"transformer_encoder.layers.{index}"
    weights = state.pop(f"{name}.self_attn.in_proj_weight").chunk(3)
    biases = state.pop(f"{name}.self_attn.in_proj_bias").chunk(3)
    query, key, value = (Dense(w, b) for w, b in zip(weights, biases, strict=True))
    return Layer(
        query,
        key,
        value,
        out=_dense(state, f"{name}.self_attn.out_proj"),
        up=_dense(state, f"{name}.linear1"),
        down=_dense(state, f"{name}.linear2"),
        norm_attention=_dense(state, f"{name}.norm1"),
        norm_feed=_dense(state, f"{name}.norm2"),
    )


def _cast(layer: Layer, dtype: torch.dtype) -> Layer:
    """The layer with the weights of its products in `dtype`; its norms stay float32."""
    query, key, value, out, up, down = (Dense(w.to(dtype), b.to(dtype)) for w, b in layer[:6])
    return Layer(query, key, value, out, up, down, layer.norm_attention, layer.norm_feed)


@torch.inference_mode()
def remember(network: Network, x: Tensor, y: Tensor) -> Memory:
    """Encode labelled rows, in float32; the memory comes in the type of `network.stream`.

    x: (rows, features) float32 with at most 100 features, missing ones 0; y: (rows,) class
    numbers. Of the last layer only keys and values are computed: nothing reads its output.
    """
    dtype = network.stream[0].query.weight.dtype
    scale = (WIDTH // HEADS) ** -0.5
    hidden = _embed(network, x) + linear(y.float().unsqueeze(1), *network.encode_y)
    memory: Memory = []
    for layer in network.layers:
        keys = _heads(linear(hidden, *layer.key)).transpose(1, 2)
        # One vector taken from all keys lowers all scores of a query alike, which softmax does
        # not see. It keeps the scores small, and so six times closer to exact in bfloat16.
        keys = scale * (keys - keys.mean(dim=2, keepdim=True)).contiguous()
        values = _heads(linear(hidden, *layer.value)).contiguous()
        memory.append((keys.to(dtype), values.to(dtype)))
        if layer is not network.layers[-1]:
            hidden = _advance(layer, (keys, values), hidden)
    return memory


@torch.inference_mode()
def logits(network: Network, memory: Memory, x: Tensor) -> Tensor:
    """Score new rows: x (n, features) as in `remember`; gives (n, 10) float32 logits."""
    hidden = _embed(network, x)
    for layer, kept in zip(network.stream, memory, strict=True):
        hidden = _advance(layer, kept, hidden)
    return linear(gelu(linear(hidden, *network.decode_hidden)), *network.decode_out)


def _embed(network: Network, x: Tensor) -> Tensor:
    # The original pads x with zeros to 100 columns; leaving the columns out is the same sum.
    weight, bias = network.encode_x
    return linear(x, weight[:, : x.shape[1]], bias)


def _advance(layer: Layer, kept: tuple[Tensor, Tensor], hidden: Tensor) -> Tensor:
    """Pass rows (n, 512) through a layer; sums and norms stay float32 whatever the products are."""
    dtype = layer.query.weight.dtype
    mixed = linear(_attend(linear(hidden.to(dtype), *layer.query), *kept), *layer.out)
    hidden = layer_norm(hidden + mixed, (WIDTH,), *layer.norm_attention)
    inner = gelu(linear(hidden.to(dtype), *layer.up))
    return layer_norm(hidden + linear(inner, *layer.down), (WIDTH,), *layer.norm_feed)


def _attend(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend from query (n, 512) to what is kept (keys already scaled); gives (n, 512)."""
    heads = _heads(query)
    if query.is_cuda:
        return _attend_fused(heads, keys.transpose(1, 2), values)
    # On a CPU in bfloat16 plain products, a head at a time, take half the time of the fused
    # kernel: the scores of one head (batch x rows) still fit the cache.
    each = zip(heads, keys, values, strict=True)
    return torch.cat([torch.softmax(q @ k, dim=-1) @ v for q, k, v in each], dim=1)


def _attend_fused(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """The same in one kernel, from (4, n, 128), (4, rows, 128) twice.

    The fused kernels take four dimensions, the last one dense; given others, torch falls back to
    plain products without a word, and they hold every score in memory.
    """
    told = (part[None].contiguous() for part in (query, keys, values))
    mixed = scaled_dot_product_attention(*told, scale=1.0)[0]
    return mixed.transpose(0, 1).flatten(1)


def _heads(rows: Tensor) -> Tensor:
    """View (n, 512) as (4, n, 128)."""
    return rows.view(len(rows), HEADS, -1).transpose(0, 1)
