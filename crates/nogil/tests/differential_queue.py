"""Runs the queue operations that it reads, one a line, on CPython's own queues."""

import queue
import signal
import sys

OPERATIONS = {
    "put": lambda q, item: q.put(item),
    "put_nowait": lambda q, item: q.put_nowait(item),
    "put_timeout": lambda q, item: q.put(item, timeout=0.0001),
    "get": lambda q, _: q.get(),
    "get_nowait": lambda q, _: q.get_nowait(),
    "get_timeout": lambda q, _: q.get(timeout=0.0001),
    "task_done": lambda q, _: q.task_done(),
    "join": lambda q, _: q.join(),
    "shutdown": lambda q, _: q.shutdown(),
    "shutdown_immediate": lambda q, _: q.shutdown(immediate=True),
    "qsize": lambda q, _: q.qsize(),
    "empty": lambda q, _: q.empty(),
    "full": lambda q, _: q.full(),
    "unfinished_tasks": lambda q, _: q.unfinished_tasks,
}


def answer(q, operation, item):
    try:
        value = OPERATIONS[operation](q, item)
    except Exception as error:
        return str(error) or type(error).__name__
    return "done" if value is None else str(int(value))


if sys.argv[1:] == ["can-shut-down"]:
    print(int(hasattr(queue, "ShutDown")))
    sys.exit()

# An operation that blocks here and not in Rust is a difference too.
signal.alarm(60)
q = None
for line in sys.stdin:
    operation, argument = line.split()
    if operation in ("Queue", "LifoQueue", "PriorityQueue"):
        q = getattr(queue, operation)(int(argument))
        print(operation)
    elif operation == "SimpleQueue":
        q = queue.SimpleQueue()
        print(operation)
    else:
        print(answer(q, operation, int(argument)))
