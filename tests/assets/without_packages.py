"""An environment in which some installed packages are not there, as pip would leave it."""

import os
from pathlib import Path

import pyarrow

import heptune


def environment_without(folder: Path, *packages: str) -> dict[str, str]:
    """Link all installed packages but those into `folder`, and return the variables that make Python see only them.

    Start Python with -S, or it would add the real place by itself. POSIX only, for want of links elsewhere.

    Args:
        folder: An empty or missing folder.
        packages: How the names of what is left out begin, in lower case, with underscores.
    """
    installed = Path(pyarrow.__file__).parents[1]
    folder.mkdir(parents=True, exist_ok=True)
    for path in installed.iterdir():
        name = path.name.lower().replace("-", "_")
        if not any(name == package or name.startswith((f"{package}_", f"{package}.")) for package in packages):
            (folder / path.name).symlink_to(path)
    source = Path(heptune.__file__).parents[1]
    return {"PYTHONPATH": os.pathsep.join([str(source), str(folder)])}
