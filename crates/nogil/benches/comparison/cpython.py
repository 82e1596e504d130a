"""CPython's side of the comparison: times the operation named on each line of the input.

A line is "operation<TAB>n"; the answer is the nanoseconds that n of them took. The first line of
the output is the version.
"""

import concurrent.futures
import platform
import queue
import sys
import threading
import time
import timeit
import types


def count():
    n = 0
    while True:
        yield n
        n += 1


def total():
    n = 0
    while True:
        n += yield n


@types.coroutine
def suspend(value):
    return (yield value)


async def total_async():
    n = 0
    while True:
        n += await suspend(n)


def started(generator):
    generator.send(None)
    return generator


def nothing():
    pass


def successor(n):
    return n + 1


def hand_over(n):
    items = queue.Queue()
    go = threading.Event()

    def produce():
        go.wait()
        for item in range(n):
            items.put(item)

    producer = threading.Thread(target=produce)
    producer.start()
    start = time.perf_counter_ns()
    go.set()
    for _ in range(n):
        items.get()
    elapsed = time.perf_counter_ns() - start
    producer.join()
    return elapsed


def pool_map(n):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(successor, range(8)))
        start = time.perf_counter_ns()
        for _ in pool.map(successor, range(n)):
            pass
        return time.perf_counter_ns() - start


def timed(statement, setup="pass"):
    return lambda n: int(timeit.Timer(statement, setup, globals=globals()).timeit(n) * 1e9)


OPERATIONS = {
    "Queue put + get": timed("q.put(1); q.get()", "q = queue.Queue()"),
    "Queue put + get + task_done": timed("q.put(1); q.get(); q.task_done()", "q = queue.Queue()"),
    "Queue hand-over, per item": hand_over,
    "SimpleQueue put + get": timed("q.put(1); q.get()", "q = queue.SimpleQueue()"),
    "generator next": timed("next(g)", "g = count()"),
    "generator send": timed("g.send(1)", "g = started(total())"),
    "generator create + close": timed("count().close()"),
    "coroutine send": timed("c.send(1)", "c = started(total_async())"),
    "executor submit + result": timed(
        "pool.submit(nothing).result()", "pool = concurrent.futures.ThreadPoolExecutor(2)"
    ),
    "executor map, per task": pool_map,
    "thread start + join": timed(
        "t = threading.Thread(target=nothing); t.start(); t.join()"
    ),
    "Timer start + cancel + join": timed(
        "t = threading.Timer(3600, nothing); t.start(); t.cancel(); t.join()"
    ),
}

print(platform.python_version(), flush=True)
for line in sys.stdin:
    operation, n = line.rstrip("\n").split("\t")
    print(OPERATIONS[operation](int(n)), flush=True)
