"""The environment variables a worker starts with."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
# CUDA puts the fastest GPU first, nvidia-smi goes by the bus: "1" is to be the same for both.
GPU_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
# -P: a file of the working folder, such as datasets.py, is not imported in a library's stead.
PYTHON = (sys.executable, "-P", "-m")
NO_GPU = {"CUDA_VISIBLE_DEVICES": "", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}


def variables(threads: int, offline: bool) -> dict[str, str]:
    """This process's environment, with a fixed number of threads and fixed hashing.

    Libraries read these once, when they are imported, so they must stand before that.
    """
    settings = dict(os.environ)
    settings.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
    settings["PYTHONHASHSEED"] = "0"
    settings["TOKENIZERS_PARALLELISM"] = "false" if threads == 1 else "true"
    settings["HF_HUB_DISABLE_TELEMETRY"] = "1"
    settings.update(GPU_ORDER)
    if offline:
        settings["HF_HUB_OFFLINE"] = "1"
    return settings


@contextlib.contextmanager
def without_gpus() -> Iterator[None]:
    """Have libraries find no GPU while this lasts, torch without asking CUDA.

    A process that has once asked CUDA, as some libraries do when they are imported, cannot fork
    one that computes with it (torch's notes on multiprocessing, "Poison fork").
    """
    before = {name: os.environ.get(name) for name in NO_GPU}
    os.environ.update(NO_GPU)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
