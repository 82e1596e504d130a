"""Draws what threads do, in the way of `timeline` in the Rust notebook.

While `timeline(body)` runs its body, a thread of its own looks at all others every few milliseconds. The function that a
thread is in tells what it waits for, and the system's clock of the thread how long it was on a core since the last look.
A thread that is in the notebook's own code and had no core waited for the GIL, or for a lock.
"""

import html
import math
import sys
import threading
import time

# Functions in which threads wait: the end of the file's name, the function, and what for.
WAITS = [
    ("timeline.py", "sleep", "the time"),
    ("queue.py", "get", "an item"),
    ("queue.py", "put", "a free slot"),
    ("queue.py", "join", "all tasks to be done"),
    ("concurrent/futures/_base.py", "result", "a result"),
    ("concurrent/futures/thread.py", "_worker", "a task"),
    ("concurrent/futures/thread.py", "shutdown", "the workers"),
    ("threading.py", "join", "a thread"),
    ("threading.py", "wait", "an event"),
]
GIL = "the GIL, or a lock"

# Okabe and Ito's colours, as in the Rust notebook's pictures.
BLUE, GREY = "#0072b2", "#999999"
COLOURS = ["#e69f00", "#cc79a7", "#009e73", "#d55e00", "#56b4e9"]
WIDTH, RIGHT, ROW, TOP, RUNS, THIN = 900, 16, 26, 6, 18, 7

# A box that makes the picture three times as wide, to be scrolled, as in the Rust notebook.
_ENLARGEABLE = (
    "<style>label:has(.nogil-enlarged:checked)+.nogil-picture>svg{width:300%!important;max-width:none!important}</style>"
    '<label style="font:12px sans-serif"><input type="checkbox" class="nogil-enlarged"> larger</label>'
    '<div class="nogil-picture" style="overflow-x:auto">'
)

_sleep = time.sleep


def timeline(body, seconds_between_looks=0.002):
    """Runs `body()` and returns a picture of what the calling thread and those that are new did meanwhile."""
    looks = []
    is_over = False
    # Of those that are there already, only the one that calls.
    others = set(threading.enumerate()) - {threading.current_thread()}
    begin = time.perf_counter()

    def sleep(seconds):
        _sleep(seconds)

    def look():
        frames = sys._current_frames()
        for thread in threading.enumerate():
            if thread.ident in frames and thread not in others and thread is not sampler:
                waits = _waits(frames[thread.ident])
                looks.append((time.perf_counter() - begin, thread.name, thread.ident, waits, _on_core(thread)))

    def sample():
        while not is_over:
            look()
            _sleep(seconds_between_looks)

    sampler = threading.Thread(target=sample, name="sampler", daemon=True)
    time.sleep = sleep
    sampler.start()
    try:
        body()
    finally:
        time.sleep = _sleep
        is_over = True
        sampler.join()
    return Timeline(looks, time.perf_counter() - begin)


def _waits(frame):
    """What a thread waits for, by the functions that it is in; `None` if by none of them."""
    in_library = True
    while frame is not None and in_library:
        file, function = frame.f_code.co_filename.replace("\\", "/"), frame.f_code.co_name
        in_library = file.endswith(("threading.py", "queue.py", "timeline.py")) or "concurrent/futures" in file
        for of_file, of_function, what in reversed(WAITS):
            if file.endswith(of_file) and function == of_function:
                caller = _waits(frame.f_back) if of_file == "threading.py" else None
                return caller or what
        frame = frame.f_back
    return None


def _on_core(thread):
    """How many seconds the thread was on a core so far; `None` where the system does not tell."""
    # Reading a file would let go of the GIL, and each time it takes milliseconds to get it back.
    if not hasattr(time, "pthread_getcpuclockid"):
        return None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


class Timeline:
    """What threads did: a row for each, with spans of (from, to, what it waited for, share of a core)."""

    def __init__(self, looks, end):
        self.end = end
        self.rows = {}
        before = {}
        for at, name, ident, waits, on_core in looks:
            since, was_on_core = before.get(ident, (at, on_core))
            before[ident] = (at, on_core)
            if at == since:
                continue
            share = None
            if on_core is not None and was_on_core is not None:
                share = min(1, (on_core - was_on_core) / (at - since))
            if waits is None and share is not None and share < 0.1:
                waits = GIL
            spans = self.rows.setdefault((ident, name), [])
            spans.append((since, at, waits, share))

    def __repr__(self):
        names = ", ".join(name for _, name in self.rows)
        return f"<Timeline of {names}: {self.end:.3f} s>"

    def _repr_html_(self):
        names = [name for _, name in self.rows]
        left = 16 + 7 * max(map(len, names), default=0)
        bottom = TOP + ROW * len(names)
        kinds = []
        for spans in self.rows.values():
            for *_, waits, _ in spans:
                if waits and waits not in kinds:
                    kinds.append(waits)

        def colour(waits):
            if waits is None:
                return BLUE
            return GREY if waits in ("the time", GIL) else COLOURS[kinds.index(waits) % len(COLOURS)]

        def height(waits):
            return RUNS if waits is None else 2 if waits == GIL else THIN

        def x(at):
            return left + (WIDTH - left - RIGHT) * at / self.end

        svg = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 44}" '
            f'style="width:100%;max-width:{WIDTH}px;font:12px sans-serif" role="img" fill="currentColor" '
            f'aria-label="what {len(names)} threads did in {self.end:.3f} s">'
        ]
        for row, ((_, name), spans) in enumerate(self.rows.items()):
            middle = TOP + ROW * (row + 0.5)
            svg.append(f'<text x="{left - 8}" y="{middle + 4}" text-anchor="end">{html.escape(name)}</text>')
            for since, to, waits, share in spans:
                what = f"waits for {waits}" if waits else "runs"
                had = "" if waits or share is None else f", {share:.0%} of it on a core"
                told = f"{name} {what}, {since * 1e3:.0f} ms to {to * 1e3:.0f} ms{had}"
                high = height(waits) * (share if waits is None and share is not None else 1)
                top = middle + RUNS / 2 - high if waits is None else middle - high / 2
                if waits is None:
                    svg.append(
                        f'<rect x="{x(since):.1f}" y="{middle - RUNS / 2}" width="{x(to) - x(since):.1f}" '
                        f'height="{RUNS}" fill="{BLUE}" fill-opacity="0.3"/>'
                    )
                svg.append(
                    f'<rect x="{x(since):.1f}" y="{top:.1f}" width="{x(to) - x(since):.1f}" height="{high:.1f}" '
                    f'fill="{colour(waits)}"><title>{html.escape(told)}</title></rect>'
                )
        svg.append(f'<path d="M{left} {bottom}H{WIDTH - RIGHT}" stroke="currentColor" stroke-opacity="0.4"/>')
        step = 10 ** math.floor(math.log10(self.end / 6))
        step = next(step * times for times in (1, 2, 5, 10) if step * times >= self.end / 6)
        for mark in range(int(self.end / step) + 1):
            at = step * mark
            svg.append(
                f'<text x="{x(at):.1f}" y="{bottom + 15}" text-anchor="middle" font-size="10">{at * 1e3:.0f} ms</text>'
            )
        for waits in [None, *kinds]:
            label = f"waits for {waits}" if waits else "runs"
            high = height(waits) / 1.5
            svg.append(
                f'<rect x="{left}" y="{bottom + 32 - high / 2:.1f}" width="14" height="{high:.1f}" '
                f'fill="{colour(waits)}"/><text x="{left + 19}" y="{bottom + 36}">{label}</text>'
            )
            left += 36 + 6.2 * len(label)
        return _ENLARGEABLE + "".join(svg) + "</svg></div>"
