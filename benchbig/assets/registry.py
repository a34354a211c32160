"""Which package indexes is pip configured to use on this machine, and how?

A company's mirror, proxy and certificate are set up for pip once; assets use the same.
https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Registry:
    """pip's settings that matter for fetching. timeout: seconds without an answer."""

    indexes: tuple[str, ...]
    links: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    cert: str | None
    client_cert: str | None
    proxy: str | None
    timeout: float


def configured() -> Registry:
    """Read pip's configuration: PIP_* variables win over its files; without pip they are all."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    files = _pip_config()

    def option(name: str) -> str:
        sections = [f":env:.{name}", f"download.{name}", f"install.{name}", f"global.{name}"]
        found = [files[key] for key in sections if files.get(key)]
        return os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or (found or [""])[0]

    indexes = (option("index-url") or PYPI_SIMPLE_ENDPOINT, *option("extra-index-url").split())
    none = option("no-index").lower() in {"1", "true", "yes", "on", "y", "t"}
    return Registry(
        indexes=() if none else indexes,
        links=tuple(option("find-links").split()),
        trusted_hosts=tuple(option("trusted-host").split()),
        cert=option("cert") or None,
        client_cert=option("client-cert") or None,
        proxy=option("proxy") or None,
        timeout=float(option("timeout") or option("default-timeout") or 60),
    )


def _pip_config() -> dict[str, str]:
    """What `pip config list` says, as "section.option" -> value; empty without pip."""
    # -P: a file pip.py in the working folder must not be run in pip's stead.
    command = [sys.executable, "-P", "-m", "pip", "config", "list"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    settings = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        try:
            settings[key] = str(ast.literal_eval(value))
        except (SyntaxError, ValueError):
            continue  # not a setting but a remark of pip's
    return settings
