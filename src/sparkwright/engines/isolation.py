"""What the kernel keeps from a worker, beside what the rules keep from a program: no network, no writing outside.

Both are for Linux and are taken where the kernel grants them to an ordinary user; what was granted is told. Sources:
unshare(2), user_namespaces(7), landlock(7), netdevice(7). The system calls' numbers are the same on every architecture
that Linux has taken up since 2012 and on x86-64.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Sequence

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
PR_SET_NO_NEW_PRIVS = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH, CREATE_RULESET_VERSION = 1, 1

# landlock(7): WRITE_FILE, REMOVE_DIR, REMOVE_FILE and all MAKE_* came first, REFER with ABI 2, TRUNCATE with ABI 3.
_WRITES = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14


def isolate(folder: str, *, network: bool) -> tuple[str, ...]:
    """Give up the network (unless it is needed) and writing outside of `folder`; name what the kernel granted.

    To be called while the process has a single thread: it holds for that thread and those that it starts.
    """
    if sys.platform != "linux":
        return ()
    granted = []
    if not network and _leave_network():
        granted.append("network")
    if _write_only_below((folder, "/dev/null")):
        granted.append("files")
    return tuple(granted)


def _leave_network() -> bool:
    """Move into a network of our own that has a loopback interface and nothing else."""
    import fcntl

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
    return True


def _write_only_below(places: Sequence[str]) -> bool:
    """Have the kernel refuse every write, removal and creation outside of these places."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)
    if version < 1:
        return False
    handled = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attributes = struct.pack("=Q", handled)
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        allowed = all(_allow(libc, ruleset, place, handled) for place in places)
        no_new_privileges = libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        return allowed and no_new_privileges and libc.syscall(RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, place: str, handled: int) -> bool:
    descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        access = handled if os.path.isdir(place) else handled & ((1 << 1) | _TRUNCATE)  # noqa: PTH112  (no pathlib here)
        rule = struct.pack("=Qi", access, descriptor)
        return bool(libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0) == 0)
    finally:
        os.close(descriptor)
