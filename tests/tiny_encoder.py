"""A text encoder small enough to make on the spot: random weights, a tokenizer of whole words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchbig.finetune.loop import Recipe

TEXTS = [
    "my card failed",
    "please help me top up",
    "lost card",
    "what is the rate",
    "card card card please help",
    "my transfer failed my transfer failed please",
    "top up",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
UNUSED = ["never", "seen"]


def quick_recipe() -> Recipe:
    """Three epochs at rates that move even a random encoder."""
    from benchbig.finetune.loop import Recipe

    return Recipe(
        epochs=3,
        most_epochs=3,
        steps=0,
        batch=8,
        rate=1e-2,
        head_rate=1e-1,
        warmup=0.1,
        decay=0.01,
        clip=1.0,
        dropout=0.0,
    )


def save_tiny_encoder(folder: Path, seed: int = 0, width: int = 16, layers: int = 1) -> Path:
    """Write config, tokenizer and safetensors of a BERT, of one layer of 16 unless told."""
    import torch
    from transformers import BertConfig, BertModel

    words = save_tokenizer(folder, ends=True)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(2, width // 32),
        intermediate_size=2 * width,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def save_tiny_writer(folder: Path, seed: int = 0) -> Path:
    """Likewise a causal language model: a Llama of two layers of 16."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    words = save_tokenizer(folder, ends=False)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def save_tokenizer(folder: Path, ends: bool) -> list[str]:
    """A tokenizer of whole words; gives them. ends: whether each text gets its special tokens."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    words = SPECIAL + sorted({word for text in TEXTS for word in text.split()}) + UNUSED
    numbers = {word: at for at, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    if ends:
        around = [(name, numbers[name]) for name in ("[CLS]", "[SEP]")]
        tokenizer.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=around
        )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    return words
