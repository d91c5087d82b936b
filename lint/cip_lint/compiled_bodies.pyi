from cip_lint.plain_bodies import *  # noqa: F403 - what was compiled
