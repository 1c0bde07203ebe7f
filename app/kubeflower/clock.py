"""Times of events and lines, as people and programs read them."""

from datetime import UTC, datetime


def now() -> str:
    """Return the time now as RFC 3339 has it, in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
