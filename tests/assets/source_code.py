"""The package's own source, for tests that read it."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import heptune

PACKAGE = Path(heptune.__file__).parent


@dataclass(frozen=True)
class Module:
    """A file of the package.

    Attributes:
        place: Its path relative to the package, with `/`.
        tree: Its syntax.
    """

    place: str
    tree: ast.Module

    def imports(self) -> dict[str, int]:
        """Return the dotted names that it imports, wherever that stands, with the line of each."""
        found: dict[str, int] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name: node.lineno for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.place}:{node.lineno} imports relatively"
                found |= {f"{node.module}.{alias.name}": node.lineno for alias in node.names}
        return found

    def calls(self) -> list[ast.Call]:
        """Return all calls in it."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


@cache
def modules() -> tuple[Module, ...]:
    """Return every file of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return tuple(
        Module(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths
    )


def importers(*libraries: str) -> list[str]:
    """Return `place:line name` of every import of these top-level libraries."""
    return [
        f"{module.place}:{line} {name}"
        for module in modules()
        for name, line in module.imports().items()
        if name.split(".")[0] in libraries
    ]
