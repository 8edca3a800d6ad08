"""What already stands where we want to write: nothing, something of ours, or what is not ours to replace."""

from collections.abc import Set
from pathlib import Path

from heptune.i18n import _


def foreign_content(folder: Path, *, marks: Set[str], ignored: Set[str] = frozenset()) -> str:
    """Return in words what stands at a path that is neither free nor a folder of ours; "" where there is no such thing.

    Args:
        folder: Where we want to write.
        marks: Names by which a folder of ours is known: all of them lie in it.
        ignored: Names that make a folder neither ours nor foreign.

    Raises:
        OSError: the system does not let us look.
    """
    if not folder.is_dir():
        return _("a file") if folder.exists() else ""
    names = {path.name for path in folder.iterdir()} - ignored
    if not names or marks <= names:
        return ""
    return _("other things, {name} among them", name=min(names))
