"""Things made by two threads come in their order, and whoever stops listening leaves nothing that waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from publisher.engines.ordered import in_order

ABANDONED = """
import faulthandler, gc
from publisher.engines.ordered import in_order

class Ring:
    def __init__(self):
        self.me, self.half_read = self, in_order(str, range(6))
        next(self.half_read)

faulthandler.dump_traceback_later(60, exit=True)
gc.set_threshold(7)
for _ in range(2000):
    Ring()
print("done")
"""


def test_what_is_made_comes_in_order_however_long_it_takes() -> None:
    def make(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * 2

    assert list(in_order(make, range(50))) == [number * 2 for number in range(50)]


def test_few_things_are_taken_before_what_is_made_of_the_first_is_wanted() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    assert next(in_order(str, items())) == "0"
    assert len(taken) < 10


def test_what_goes_wrong_in_a_thread_is_raised_in_its_place() -> None:
    made = in_order(lambda number: 6 // number, [3, 2, 0, 1])
    assert [next(made), next(made)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_the_garbage_collector_never_waits_for_a_thread() -> None:
    """A generator that owns its threads waits for ever in this program, on Python 3.11 within seconds."""
    done = subprocess.run([sys.executable, "-c", ABANDONED], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_child_of_the_process_has_threads_of_its_own() -> None:
    code = (
        "import os, sys\nfrom publisher.engines.ordered import in_order\n"
        "assert list(in_order(str, range(9)))\n"
        "child = os.fork()\n"
        "if child == 0:\n    os._exit(len(list(in_order(str, range(9)))))\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 9
