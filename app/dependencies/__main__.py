"""Run the installation; a refusal is printed as one sentence."""

import sys
from pathlib import Path

from dependencies.install import BASE, image_versions, main
from dependencies.requirements import Refused

try:
    main(Path(sys.argv[1]), Path(sys.argv[2]), image_versions(), apart=BASE.exists())
except Refused as refused:
    sys.exit(f"error: {refused}")
