"""The socket on which callers arrive: how it begins, and how it ends without turning away who has arrived."""

import ctypes
import socket
import struct
import sys
from contextlib import suppress

from heptune.errors import ResourceError, UsageError
from heptune.i18n import _

# Of Linux; Python has no name for it.
SO_ATTACH_FILTER = 26
# A program for the kernel's packet filter: drops what opens a connection (SYN, a bit in byte 13 of TCP's header).
DROP_SYN = b"".join(
    struct.pack("HBBI", code, if_so, if_not, value)
    for code, if_so, if_not, value in (
        (0x30, 0, 0, 13),  # load the byte
        (0x45, 0, 1, 0x02),  # is the bit set?
        (0x06, 0, 0, 0),  # then keep nothing of the packet
        (0x06, 0, 0, 0xFFFFFFFF),  # else all of it
    )
)


def open_socket(host: str, port: int) -> socket.socket:
    """Bind the address, so that it is known to be ours before a bundle is opened.

    Raises:
        UsageError: there is no such address.
        ResourceError: another process has it, or it may not be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except socket.gaierror as error:
        listener.close()
        raise UsageError(_("There is no such address."), code="no_address", where="--host", found=host) from error
    except OSError as error:
        listener.close()
        raise ResourceError(
            _("This address cannot be listened on: {reason}.", reason=error.strerror or str(error)),
            code="address_in_use",
            where=f"{host}:{port}",
            remedy=_("Choose another with --port, or end the process that has it."),
        ) from error
    return listener


def take_no_more(listener: socket.socket) -> None:
    """Let nobody new arrive, while who is about to arrive still does.

    Closing alone would reset connections that the system has taken and we have not. On Linux new ones are dropped
    before: their callers try again after a second, and learn then that nobody listens. Elsewhere nothing is done.
    """
    if sys.platform != "linux":
        return
    instructions = ctypes.create_string_buffer(DROP_SYN, len(DROP_SYN))
    program = struct.pack("HP", len(DROP_SYN) // 8, ctypes.addressof(instructions))
    with suppress(OSError):  # a kernel without filters; closing is as good as it was
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
