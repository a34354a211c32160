"""Image encoders small enough to make on the spot: random weights, in transformers' own form."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_encoder import save_tokenizer

SIDE = 16


def save_tiny_vit(folder: Path) -> Path:
    """A ViT of one layer of 16 that sees squares of 16 pixels."""
    import torch
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=SIDE,
        patch_size=8,
    )
    ViTModel(config).save_pretrained(folder)
    return _with_preprocessor(folder, {"size": {"height": SIDE, "width": SIDE}})


def save_tiny_swin(folder: Path) -> Path:
    """A Swin of two stages, which has no class token."""
    import torch
    from transformers import SwinConfig, SwinModel

    torch.manual_seed(0)
    config = SwinConfig(
        image_size=SIDE, patch_size=2, embed_dim=8, depths=[1, 1], num_heads=[1, 2], window_size=4
    )
    SwinModel(config).save_pretrained(folder)
    return _with_preprocessor(folder, {"size": {"height": SIDE, "width": SIDE}})


def save_tiny_conv(folder: Path) -> Path:
    """A ConvNeXt of two stages."""
    import torch
    from transformers import ConvNextV2Config, ConvNextV2Model

    torch.manual_seed(0)
    config = ConvNextV2Config(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2, patch_size=2)
    ConvNextV2Model(config).save_pretrained(folder)
    told = {"size": {"shortest_edge": SIDE}, "image_mean": [0.4] * 3, "image_std": [0.2] * 3}
    return _with_preprocessor(folder, told)


def save_tiny_clip(folder: Path) -> Path:
    """A CLIP whose two towers have one layer of 16."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    words = save_tokenizer(folder, ends=True)
    torch.manual_seed(0)
    tower = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    config = CLIPConfig(
        text_config={**tower, "vocab_size": len(words), "eos_token_id": 3, "bos_token_id": 2},
        vision_config={**tower, "image_size": SIDE, "patch_size": 8},
        projection_dim=16,
    )
    CLIPModel(config).save_pretrained(folder)
    told = {"size": {"shortest_edge": 20}, "do_center_crop": True, "crop_size": SIDE}
    return _with_preprocessor(folder, told)


def _with_preprocessor(folder: Path, told: dict[str, object]) -> Path:
    (folder / "preprocessor_config.json").write_text(json.dumps(told))
    return folder
