"""Nothing that only POSIX has stands outside `storage/`, which has a way for each system."""

import ast

import pytest
from source_code import importers, modules

POSIX_MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "readline", "curses")
POSIX_NAMES = {
    "os": "fork forkpty getuid geteuid getgid getegid setuid setsid killpg getpgid getloadavg statvfs chown mkfifo "
    "uname nice wait waitpid sched_getaffinity sched_setaffinity sync fchmod fchown O_DIRECTORY O_CLOEXEC",
    "signal": "SIGKILL SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGPIPE SIGCHLD SIGSTOP SIGCONT alarm setitimer pause",
    "socket": "AF_UNIX socketpair",
    "time": "tzset",
}
# It asks first whether the name is there.
GUARDED = {"cli/doctor.py os.sched_getaffinity"}


@pytest.mark.parametrize("module", POSIX_MODULES)
def test_modules_that_only_posix_has_are_imported_in_storage_alone(module):
    assert [place for place in importers(module) if not place.startswith("storage/")] == []


def test_names_that_only_posix_has_are_used_in_storage_alone():
    used = {
        f"{module.place} {node.value.id}.{node.attr}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.attr in POSIX_NAMES.get(node.value.id, "").split()
    }
    assert {name for name in used if not name.startswith("storage/")} == GUARDED


def test_no_path_of_one_system_is_written_down_outside_storage():
    places = [
        f"{module.place}:{node.lineno} {node.value}"
        for module in modules()
        if not module.place.startswith("storage/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(("/dev/", "/proc/", "/tmp", "/usr/", "/etc/", "/home/", "C:\\"))
    ]
    assert places == []


def test_text_files_are_opened_with_their_encoding():
    without = [
        f"{module.place}:{call.lineno} {call.func.attr}"
        for module in modules()
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("read_text", "write_text")
        if not any(keyword.arg == "encoding" for keyword in call.keywords)
    ]
    assert without == []
