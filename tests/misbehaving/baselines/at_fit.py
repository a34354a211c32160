"""What can go wrong while a model fits? `how` on the card names a function of this file.

Each runs after an honest fit; where it returns, the honest prediction stands.
"""

import contextlib
import ctypes
import mmap
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from benchbig.baselines import centre

SLEEP = ["sleep", "300"]


def raises(train, context):
    raise ValueError("no luck")


def raises_odd_text(train, context):
    raise ValueError("\udcff\nand more")


def raises_escapes(train, context):
    print("\x1b[2J\x1b]0;title\x07 printed")
    raise ValueError("\x1b[2J\x1b]0;title\x07 raised")


def exits(train, context):
    sys.exit("enough")


def interrupts(train, context):
    raise KeyboardInterrupt


def leaves(train, context):
    os._exit(0)


def crashes(train, context):
    ctypes.string_at(0)


def kills_itself(train, context):
    os.kill(os.getpid(), signal.SIGKILL)


def odd_signal(train, context):
    os.kill(os.getpid(), 40)


def loops(train, context):
    while True:
        pass


def loops_in_c(train, context):
    re.match("(a+)+$", "a" * 64 + "b")  # one call that no Python signal handler interrupts


def ignores_sigterm(train, context):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


def asks_for_too_much(train, context):
    np.ones(10**15)


def hoards(train, context):
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1) * 10_000_000))


def hoards_in_c(train, context):
    """Pages that no limit on a process's own data counts: shared ones."""
    kept = []
    while True:
        kept.append(mmap.mmap(-1, 50_000_000))
        kept[-1][::4096] = bytes(len(range(0, 50_000_000, 4096)))


def hoards_in_children(train, context):
    code = "kept = bytearray(b'x') * 300_000_000\nimport time\ntime.sleep(300)"
    for _ in range(6):
        subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)
    time.sleep(300)


def tell(context, pid):
    context.notes.warnings.append(str(pid))


def leaves_child(train, context):
    tell(context, subprocess.Popen(SLEEP).pid)


def leaves_session(train, context):
    tell(context, subprocess.Popen(SLEEP, start_new_session=True).pid)


def leaves_daemon(train, context):
    """As daemons begin: a child that starts a session and whose own child stays."""
    line = (
        "import os, subprocess; os.setsid()\n"
        "print(subprocess.Popen(['sleep', '300'], stdout=subprocess.DEVNULL).pid)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", line], stdout=subprocess.PIPE, check=True)
    tell(context, int(done.stdout))


def leaves_session_and_loops(train, context):
    """The pid goes where it is found after the end by force."""
    pid = subprocess.Popen(SLEEP, start_new_session=True).pid
    (context.cache / "session").write_text(str(pid))
    time.sleep(300)


def leaves_thread(train, context):
    threading.Thread(target=time.sleep, args=[300]).start()


def fills_files(train, context):
    for number in range(10**6):
        Path(f"{number}").write_bytes(bytes(1_000_000))


def fills_one_file(train, context):
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1_000_000))


def floods(train, context):
    for _ in range(100):
        print("x" * 999_999)


def floods_and_raises(train, context):
    floods(train, context)
    raise ValueError("after the flood")


def wanders(train, context):
    Path("stray").touch()
    os.chdir("/")


def alters(train, context):
    for part in (train, context.valid):
        part.y[:] = 1
        part.ids[:] = 0
        part.X.iloc[:, :] = 0.0
        part.X["extra"] = part.y


def reseeds(train, context):
    np.random.seed(0)
    random.seed(0)


def notes_nan(train, context):
    context.params["rate"] = float("nan")


def deletes(train, context):
    """Every file of the store it runs for that it can reach, and of the cache."""
    store = Path.cwd().parents[3]
    for root in (store, context.cache.parent / "assets"):
        for folder, _, names in os.walk(root):  # which passes over what goes meanwhile
            for name in names:
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, name))
    shutil.rmtree(store, ignore_errors=True)


def overwrites(train, context):
    """A record of the store; it says so where it may not."""
    store = Path.cwd().parents[3]
    for path in (store / "records").rglob("*.jsonl"):
        path.write_text("gone\n")


def kills_its_parent(train, context):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(300)


def counts_cores(train, context):
    tell(context, len(os.sched_getaffinity(0)))


def fit(train, context):
    predict = centre.fit(train, context)
    globals()[context.params["how"]](train, context)
    return predict
