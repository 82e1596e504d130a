"""Runs every scenario of random generators that it reads, and prints what was seen.

`null` stands for a scenario in which the collector closed a generator that ignored it: Python then
abandons the body without its `finally` blocks, whereas a destructor always runs.
"""

import json
import sys


class Thrown(Exception):
    pass


def name(error):
    return str(error) or type(error).__name__


def play(source, calls):
    lines, own, abandoned = [], [], []
    sys.unraisablehook = abandoned.append
    scope = {"log": lines.append, "own": own, "Thrown": Thrown, "name": name}
    exec(source, scope)
    g = scope["body"]()
    own.append(g)
    close_gives_value = sys.version_info >= (3, 13)

    def close():
        value = g.close()
        return f"closed {value}" if close_gives_value else "closed"

    def tell(call):
        try:
            lines.append(str(call()))
        except StopIteration as stop:
            lines.append(f"StopIteration {stop.value}")
        except BaseException as error:
            lines.append(name(error))

    for call, n in calls:
        match call:
            case "next":
                tell(lambda: next(g))
            case "send":
                tell(lambda: g.send(n))
            case "throw":
                tell(lambda: g.throw(Thrown(f"thrown {n}")))
            case "throw exit":
                tell(lambda: g.throw(GeneratorExit()))
            case "close":
                tell(close)
    while True:
        tell(close)
        if lines[-1] != "generator ignored GeneratorExit":
            break
        lines.pop()
    return None if abandoned else lines


scenarios = json.load(sys.stdin)
seen = [play(*scenario) for scenario in scenarios]
json.dump([sys.version_info >= (3, 13), seen], sys.stdout)
