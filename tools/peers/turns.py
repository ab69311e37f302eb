"""A program that is timed in turns with others: after a warm-up it says so, then runs as many steps as each line of stdin asks for.

    stdout: {"version": "torch 2.15.0", "first": seconds of the first step, "later": seconds of the last one before the first turn}
    stdin:  5
    stdout: {"seconds": of the 5 steps}
"""

import json
import sys
import time

WARM_UP = 3


def take_turns(version, step):
    """`step` runs one step to its end."""

    def run(steps):
        started = time.perf_counter()
        for _ in range(steps):
            step()
        return time.perf_counter() - started

    warm_up = [run(1) for _ in range(WARM_UP)]
    say({"version": version, "first": warm_up[0], "later": warm_up[-1]})
    for line in sys.stdin:
        say({"seconds": run(int(line))})


def say(message):
    print(json.dumps(message), flush=True)
