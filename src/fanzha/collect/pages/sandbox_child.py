"""The inside of the sandbox: enter new namespaces, listen for the proxy, and run one command as an ordinary user.

It runs as a script of a fresh interpreter and imports the standard library only. The listening socket belongs to the
new network namespace, which has no interface but its own loopback; it is handed to the parent over a socket, so that
the parent's proxy is the only way out. The new root has the system's programs, read-only, and nothing else.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import NamedTuple

_NEW_NAMESPACES = 0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000
_PRIVATE, _BIND, _RECURSIVE, _REMOUNT, _READ_ONLY = 1 << 18, 4096, 16384, 32, 1
_NO_SETUID, _NO_DEVICES, _DETACH = 2, 4, 2
_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
#: What programs need of the system: no home, no state folder, no other data.
_SYSTEM = ("usr", "etc/fonts", "etc/ssl", "etc/alternatives", "etc/ld.so.cache", "etc/chromium", "etc/chromium.d",
           "etc/nsswitch.conf", "var/cache/fontconfig")  # fmt: skip
_LINKS = ("bin", "lib", "lib64", "sbin")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_USER = 1000
_libc = ctypes.CDLL(None, use_errno=True)


class SandboxRequest(NamedTuple):
    """What the parent asks for; `pipe` are the descriptors that the command gets as 3 and 4."""

    channel: int
    pipe: tuple[int, int]
    folder: str
    port: int
    root_bytes: int
    file_bytes: int
    namespaces: bool
    command: list[str]


def main(request: SandboxRequest) -> None:
    """Enter the sandbox, pass on the listening socket, run the command; end with its exit code."""
    with socket.socket(fileno=request.channel) as channel:
        try:
            _end_with_parent()
            if request.namespaces:
                _enter_namespaces()
                _raise_loopback()
            port = request.port if request.namespaces else 0
            with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
                port = listener.getsockname()[1]
                socket.send_fds(channel, [b"ready"], [listener.fileno()])
        except OSError as error:
            channel.send(str(error).encode())
            os._exit(1)
    first = os.fork()  # the first process of the new process namespace: when it ends, all others end
    if first == 0:
        _run_first(request, port)
    _, status = os.waitpid(first, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _run_first(request: SandboxRequest, port: int) -> None:
    """Run the command and wait for it and for orphans; end with the exit code of the command."""
    _end_with_parent()
    home = f"{request.folder}/look"
    if request.namespaces:
        _change_root(request.folder, request.root_bytes)
        home = "/look"
    command = os.fork()
    if command == 0:
        _run_command(request, home, port)
    while True:
        process, status = os.wait()
        if process == command:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _run_command(request: SandboxRequest, home: str, port: int) -> None:
    _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    resource.setrlimit(resource.RLIMIT_FSIZE, (request.file_bytes, request.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    high = [os.dup(descriptor) for descriptor in (*request.pipe, *request.pipe)][2:]  # above 3 and 4
    for number, descriptor in zip((3, 4), high, strict=True):
        os.dup2(descriptor, number)
    os.closerange(5, 64)
    scratch = "/tmp" if request.namespaces else home
    arguments = [text.format(port=port, home=home, scratch=scratch) for text in request.command]
    environment = {"HOME": scratch, "TMPDIR": scratch, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    os.chdir(home)
    os.execve(arguments[0], arguments, environment)


def _end_with_parent() -> None:
    _check(_libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0), "prctl")


def _enter_namespaces() -> None:
    user, group = os.getuid(), os.getgid()
    _check(_libc.unshare(_NEW_NAMESPACES), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_USER} {group} 1")


def _raise_loopback() -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack_from("16sH", fcntl.ioctl(control, _GET_FLAGS, name))[1]
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags | _UP))


def _change_root(folder: str, size: int) -> None:
    """Make a root in memory with the system read-only and the folder of the look as /look; leave the old root."""
    root = f"{folder}/root"
    os.makedirs(root, exist_ok=True)
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},mode=755")
    for name in _SYSTEM:
        _bind_read_only(f"/{name}", f"{root}/{name}")
    for name in _LINKS:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        else:
            _bind_read_only(f"/{name}", f"{root}/{name}")
    os.makedirs(f"{root}/dev/shm")
    for name in _DEVICES:
        Path(f"{root}/dev/{name}").touch()
        _mount(f"/dev/{name}", f"{root}/dev/{name}", "", _BIND)
    _mount("tmpfs", f"{root}/dev/shm", "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},mode=1777")
    for name in ("proc", "tmp", "old"):
        os.mkdir(f"{root}/{name}")
    _mount("proc", f"{root}/proc", "proc", _NO_SETUID | _NO_DEVICES)
    os.mkdir(f"{root}/look")
    _mount(f"{folder}/look", f"{root}/look", "", _BIND)
    os.chdir(root)
    _check(_libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"old"), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/old", _DETACH), "umount")


def _bind_read_only(source: str, target: str) -> None:
    if not os.path.exists(source):
        return
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    _mount(source, target, "", _BIND | _RECURSIVE)
    _mount("none", target, "", _BIND | _REMOUNT | _READ_ONLY | _mount_flags(target))


def _mount_flags(path: str) -> int:
    """Return the flags that a mount of another user namespace must keep when it is mounted again."""
    flags = os.statvfs(path).f_flag
    return flags & (_NO_SETUID | _NO_DEVICES | 8 | 1024 | 2048)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None)
    _check(_libc.mount(*arguments), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main(SandboxRequest(**json.loads(sys.argv[1])))
