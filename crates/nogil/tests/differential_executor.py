"""Runs the executor operations that it reads, one a line, on CPython's own ThreadPoolExecutor."""

import signal
import sys
from concurrent import futures as concurrent
from threading import Event

WHEN = {
    "FirstCompleted": concurrent.FIRST_COMPLETED,
    "FirstException": concurrent.FIRST_EXCEPTION,
    "AllCompleted": concurrent.ALL_COMPLETED,
}


def words(error):
    return str(error) or type(error).__name__


def fail(number):
    raise ValueError(f"failure {number}")


def divide(number):
    return 60 // number if number else fail(0)


class Session:
    """One worker, which a gate keeps from running what is behind it."""

    def __init__(self):
        self.pool = concurrent.ThreadPoolExecutor(max_workers=1)
        self.futures, self.gates, self.log = [], [], []
        self.behind, self.is_open = 0, True

    def submit(self, kind, number):
        begun, gate = Event(), Event()

        def task():
            if kind == "gate":
                begun.set()
                gate.wait()
            return fail(number) if kind == "fail" else number

        self.futures.append(self.pool.submit(task))
        self.gates.append((begun, gate) if kind == "gate" else None)

    def settle(self):
        """Waits until the worker stands at a gate or has nothing to do; says whether it stands at one."""
        while self.behind < len(self.futures):
            future, gate = self.futures[self.behind], self.gates[self.behind]
            if gate and not future.cancelled():
                gate[0].wait()
                if not gate[1].is_set():
                    return True
            if not future.cancelled():
                # A cancelled one that no worker comes across any more would never wake this.
                concurrent.wait([future])
            self.behind += 1
        if self.is_open:
            self.pool.submit(int).result()
        else:
            self.pool.shutdown()
        return False

    def run(self, operation, numbers):
        first = numbers[0] if numbers else 0
        chosen = [self.futures[number] for number in numbers if number < len(self.futures)]
        match operation:
            case "value" | "fail" | "gate":
                self.submit(operation, first)
            case "open":
                self.gates[self.behind][1].set()
            case "cancel":
                return int(self.futures[first].cancel())
            case "state":
                future = self.futures[first]
                return [int(future.running()), int(future.done()), int(future.cancelled())]
            case "result":
                return self.futures[first].result(timeout=0)
            case "exception":
                error = self.futures[first].exception(timeout=0)
                return "none" if error is None else words(error)
            case "callback":
                self.futures[first].add_done_callback(lambda _: self.log.append(first))
            case "log":
                return self.log
            case "FirstCompleted" | "FirstException" | "AllCompleted":
                found = concurrent.wait(chosen, timeout=0, return_when=WHEN[operation])
                return [len(found.done), len(found.not_done)]
            case "as_completed":
                seen = 0
                try:
                    for _ in concurrent.as_completed(chosen, timeout=0):
                        seen += 1
                except concurrent.TimeoutError as error:
                    return f"{seen} {error}"
                return seen
            case "map":
                results = []
                try:
                    for result in self.pool.map(divide, numbers):
                        results.append(result)
                except (ValueError, RuntimeError) as error:
                    return f"{results} {error}"
                return results
            case "shutdown" | "shutdown_now":
                self.is_open = False
                self.pool.shutdown(wait=False, cancel_futures=operation == "shutdown_now")
        return "done"


# An operation that blocks here and not in Rust is a difference too.
signal.alarm(60)
session = None
for line in sys.stdin:
    operation, *numbers = line.split()
    if operation == "pool":
        session = Session()
        print("done")
        continue
    try:
        answer = session.run(operation, [int(number) for number in numbers])
    except (Exception, concurrent.CancelledError) as error:
        answer = words(error)
    print(answer)
    session.settle()
