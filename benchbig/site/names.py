"""What a name out of a record is called as a file: never a path, never two names in one file."""

from __future__ import annotations

import hashlib
import re

PLAIN = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Windows keeps these names for devices, whatever their ending.
RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def slug(name: str) -> str:
    """The name itself where it is a plain one, else "x-" and a hash of it.

    Cards allow plain names alone, but a record's file may have been written by anyone. A plain
    name has no "-", so the two kinds never meet.

    >>> slug("credit_default"), slug("../../etc/passwd")
    ('credit_default', 'x-3754d6cb3a38e118')
    """
    if PLAIN.fullmatch(name) and not RESERVED.fullmatch(name):
        return name
    return f"x-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
