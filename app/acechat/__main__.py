"""Arguments in, exit code out: the full screen, or one of the commands of `cli`."""

import sys

from acechat import __version__


def main(argv: list[str] | None = None) -> int:
    """Run the program and return its exit code.

    Raises:
        SystemExit: after `--help`, and with 2 where an option is not right.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv == ["--version"]:
        # Takes as long as the interpreter itself; the parser of the options would triple that.
        print(f"acechat {__version__}")
        return 0
    from acechat.cli.dispatch import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
