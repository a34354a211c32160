"""How large is a fitted model when it is written down?"""

from __future__ import annotations

import pickle


def pickled_bytes(*parts: object) -> int:
    """Bytes of these objects pickled together."""
    return len(pickle.dumps(parts, protocol=5))
