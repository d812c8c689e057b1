"""The command line: parse, call, print, exit code. A command is imported when it is called, what is heavy within it.

Exit codes: 0 done, 1 refused with findings, 2 usage.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from hgt_portfolio.cli.desk import UsageProblem, leave, problem_sentence
from hgt_portfolio.cli.parsing import whole
from hgt_portfolio.output.screen import on_line, on_screen

HOISTED = ("--db", "--operator")
"""Global options that are taken anywhere on the line."""


def main() -> None:
    """Run the command line; no traceback ever reaches a user."""
    # Nearly all that starting makes stays: looking through it time and again would take a tenth of the start.
    gc.set_threshold(100_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and give its exit code; problems are printed as sentences."""
    try:
        refuse_garbled(arguments)
        code = whole()(hoisted(arguments), prog_name="hgt", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone; give the stream back so that closing it does not complain.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 1
    except Exception as error:
        # The last line of defence: whatever went wrong, a person reads a sentence and never a traceback.
        code, sentence = problem_sentence(error)
        print(on_screen(sentence), file=sys.stderr)  # noqa: T201
        return code
    finally:
        leave()
    return code if isinstance(code, int) else 0


def refuse_garbled(arguments: list[str]) -> None:
    """Refuse text in another coding than the system's, unless it names a file that is there."""
    for text in arguments:
        if any("\ud800" <= char <= "\udfff" for char in text) and not Path(text).exists():
            raise UsageProblem(f"“{on_line(text)[:40]}”里有认不出的字（编码不对），没有执行。请重新输入。")


def hoisted(arguments: list[str]) -> list[str]:
    """Move the global options to the front, so that they are taken anywhere on the line."""
    front: list[str] = []
    rest: list[str] = []
    items = iter(arguments)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item in HOISTED:
            front += [item, *([value] if (value := next(items, None)) is not None else [])]
        elif item.startswith(tuple(f"{option}=" for option in HOISTED)):
            front.append(item)
        else:
            rest.append(item)
    return front + rest
