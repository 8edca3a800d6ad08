"""Errors come from the one tree, with a sentence in the user's language and a code; nothing is swallowed whole."""

import ast
import re

import pytest
from source_code import modules

import heptune.errors

CLASSES = {
    name
    for name, value in vars(heptune.errors).items()
    if isinstance(value, type) and issubclass(value, heptune.errors.HeptuneError)
}
# The library tokenizers raises plain Exception on a bad file; command line and server tell what nobody thought of.
CATCHES_ALL = {
    "modeling/tokenizer_setup.py",
    "modeling/tokenizing.py",
    "cli/main.py",
    "server/batching.py",
    "server/gate.py",
}
# Raised in few places where Python's own protocols ask for them, or caught a few lines further.
BUILT_IN = re.compile(r"^(ValueError|TypeError|KeyError|AttributeError|BrokenPipeError)$")


def constructions():
    """Every place where one of our errors is made, but the base class's own use of itself."""
    return [
        (f"{module.place}:{call.lineno}", call)
        for module in modules()
        for call in module.calls()
        if isinstance(call.func, ast.Name) and call.func.id in CLASSES
    ]


def is_sentence(node):
    """A call of `_`, a choice between two, or something that was made elsewhere."""
    if isinstance(node, ast.IfExp):
        return is_sentence(node.body) and is_sentence(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_sentence(node.left) and is_sentence(node.right)
    if isinstance(node, ast.BoolOp):
        return all(map(is_sentence, node.values))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name | ast.Attribute)
    return isinstance(node, ast.Name | ast.Attribute)


def test_every_error_says_its_sentence_in_the_users_language():
    assert len(constructions()) > 50
    assert [place for place, call in constructions() if not call.args or not is_sentence(call.args[0])] == []


def test_every_error_has_a_code_that_programs_can_read():
    for place, call in constructions():
        if call.func.id == "InterruptedRunError":  # brings its own
            continue
        (code,) = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        if isinstance(code, ast.Constant):
            assert re.fullmatch(r"[a-z][a-z0-9_]*", code.value), place


def test_nothing_is_caught_whole():
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{module.place}:{node.lineno}"
                names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
                whole = names & {"Exception", "BaseException"}
                assert not whole or module.place in CATCHES_ALL, f"{module.place}:{node.lineno}"


def test_nothing_else_is_raised_at_users():
    """ValueError and its like stand only in files that catch them again, or where Python's own protocol asks."""
    for module in modules():
        source = ast.unparse(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                name = node.exc.func.id
                if BUILT_IN.match(name) and module.place != "__init__.py":
                    assert f"except {name}" in source or re.search(rf"except \(.*{name}", source), (
                        f"{module.place}:{node.lineno} raises {name}"
                    )


@pytest.mark.parametrize("function", ["print", "input", "eval", "exec", "breakpoint"])
def test_some_functions_are_called_nowhere(function):
    assert [
        f"{module.place}:{call.lineno}"
        for module in modules()
        for call in module.calls()
        if isinstance(call.func, ast.Name) and call.func.id == function
    ] == []
