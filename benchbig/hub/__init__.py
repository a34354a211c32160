"""Models of the Hugging Face hub by name: "hf:owner/name@revision#adaptation" becomes a card."""

from __future__ import annotations

from benchbig.hub.bring import bring

__all__ = ["bring"]
