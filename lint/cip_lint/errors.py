"""What can go wrong that a person can act on.

::

    CipLintError                 shown without a traceback; the command exits 2
    ├── UsageError               flags that contradict each other
    ├── ConfigError              a setting is wrong; has the place of it
    ├── InputError               a path that is not there or cannot be read
    ├── ProgramError             another program that is not there or fails
    └── PluginError              a plugin that does not load, or a rule that raises

A manifest that cannot be read is none of these: it is a finding, and the other
files are still checked. Anything else that is raised is a fault of cip-lint.
"""

from __future__ import annotations

FOREIGN_FAILURES = (Exception, SystemExit)
"""What code of plugins may raise and the run goes on: one that exits fails too."""


class CipLintError(Exception):
    """The job could not be done, for a reason that the message explains."""


class UsageError(CipLintError):
    """The command line asks for things that do not go together."""


class InputError(CipLintError):
    """A path on the command line that is not there or cannot be read."""


class ProgramError(CipLintError):
    """Another program is not there, fails, takes too long or prints too much."""


class RefusedError(ProgramError):
    """A program that was started has refused its input, and would again."""


class PluginError(CipLintError):
    """A plugin that cannot be loaded, or whose code raises.

    ``plugin`` is the name of its entry point or module.
    """

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(f"plugin {plugin}: {message}")
        self.plugin = plugin


class ConfigError(CipLintError):
    """A setting is wrong, and no file states it; those of files are findings."""
