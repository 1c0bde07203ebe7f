"""Find the failed connection that an app's exception stands for."""

import errno
import socket

NUMBERS = {errno.ECONNREFUSED, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH}
"""Numbers of errors of a connection that is not made."""


def behind(error: BaseException) -> str:
    """Return the failed connection because of which an exception was raised, to follow its text.

    Libraries raise errors of their own when they cannot download, and only the one behind tells
    that it was the network. Empty where there is none, and where the exception's text has it.

    Args:
        error: The exception.
    """
    seen = [error]
    while (cause := seen[-1].__cause__ or seen[-1].__context__) is not None and cause not in seen:
        seen.append(cause)
    for one in seen[1:]:
        if _is_of_connection(one) and str(one) not in str(error):
            return f" (because of {type(one).__name__}: {one})"
    return ""


def _is_of_connection(error: BaseException) -> bool:
    if isinstance(error, socket.gaierror):
        return True
    # A socket's time is up without a number.
    timed_out = isinstance(error, TimeoutError) and str(error) == "timed out"
    return timed_out or (isinstance(error, OSError) and error.errno in NUMBERS)
