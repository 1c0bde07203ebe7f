"""Makes the engine and the default app importable as they lie in the repository."""

import sys
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
sys.path[:0] = [str(APP), str(APP / "vision")]
