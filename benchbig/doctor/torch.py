"""Which torch is installed, and can it use the GPU? Asked of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from benchbig import environment

SECONDS = 120
QUESTION = """
import json, torch
there = torch.cuda.is_available()
print(json.dumps({"sees": torch.cuda.device_count() if there else 0,
                  "bf16": bool(there and torch.cuda.is_bf16_supported(including_emulation=False))}))
"""


@dataclass(frozen=True)
class Torch:
    """The installed torch. cuda: what it was built with, None for the CPU alone. sees: GPUs that
    it can use, None where it was not asked. why: what it said where that failed."""

    version: str
    cuda: str | None
    sees: int | None
    bf16: bool | None
    why: str


def look(asking: bool) -> Torch | None:
    """The installed torch, None without one. asking: whether to import it, which takes seconds."""
    version = environment.versions().get("torch")
    if version is None:
        return None
    cuda = environment.torch_cuda()
    if not asking or cuda is None:
        return Torch(version, cuda, None, None, "")
    try:
        # -P: a file of the working folder is not imported in a library's stead.
        command = [sys.executable, "-P", "-c", QUESTION]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
        said = json.loads(done.stdout.splitlines()[-1])
        return Torch(version, cuda, said["sees"], said["bf16"], _last(done.stderr))
    except subprocess.CalledProcessError as error:
        return Torch(version, cuda, 0, None, _last(error.stderr))
    except subprocess.TimeoutExpired:
        return Torch(version, cuda, 0, None, f"gave no answer in {SECONDS} seconds")


def _last(said: str) -> str:
    return (said.strip().splitlines() or [""])[-1]
