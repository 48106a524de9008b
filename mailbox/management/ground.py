"""Where the embedded servers stand: their folders, whom they run as, and whether that user can get there at all."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

ROOM_NEEDED = 200 * 1024 * 1024  # bytes; a new PostgreSQL takes 40 MB and keeps up to 256 MB of its log


class Fault(Exception):
    """Something that an operator can mend; the text is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Ground:
    """`data` keeps, `run` holds sockets and pid files, `owner` (uid, gid) is whom servers run as; None is ourselves."""

    data: Path
    run: Path
    owner: tuple[int, int] | None = None

    def log(self, name: str) -> Path:
        return self.data / "log" / f"{name}.log"

    def pid(self, name: str) -> Path:
        return self.data / "pids" / f"{name}.json"


def stake(data: Path, run: Path, room: int = ROOM_NEEDED) -> Ground:
    """Make the folders. Raises Fault if the disk is full, a folder is closed to us or to the servers' own user."""
    ground = Ground(data, run, servants() if os.geteuid() == 0 else None)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if ground.owner:
            data.chmod(data.stat().st_mode | 0o011)  # to pass through, not to list
        for folder in (data / "log", data / "pids"):
            folder.mkdir(exist_ok=True, mode=0o700)
        own_folder(run, ground)
    except OSError as error:
        raise Fault(
            f"{error.filename} cannot be made or opened: {error.strerror}. Set DATA_DIR to a folder of your own."
        ) from None
    if not os.access(data, os.W_OK):
        raise Fault(f"DATA_DIR {data} belongs to somebody else. Set DATA_DIR to a folder of your own.")
    if (free := shutil.disk_usage(data).free) < room:
        raise Fault(f"The disk of DATA_DIR {data} is full: {free >> 20} MB are free, {room >> 20} MB are needed.")
    if ground.owner and (closed := first_closed(data, ground.owner)):
        name = pwd.getpwuid(ground.owner[0]).pw_name
        raise Fault(f"PostgreSQL does not run as root, and the user {name} cannot enter {closed}: set DATA_DIR to another place.")
    return ground


def own_folder(folder: Path, ground: Ground) -> Path:
    """A folder that only the servers' user may enter. Raises PermissionError if it stands there and is another's."""
    folder.mkdir(exist_ok=True, mode=0o700)
    uid, gid = ground.owner or (os.geteuid(), os.getegid())
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise PermissionError(1, "it belongs to somebody else", str(folder))
    if found.st_uid != uid:
        os.chown(folder, uid, gid)
    folder.chmod(0o700)
    return folder


def servants() -> tuple[int, int]:
    """(uid, gid) of the user that servers run as when we are root: postgres if there is one, else nobody."""
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise Fault("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run this as an ordinary user.")


def first_closed(path: Path, owner: tuple[int, int]) -> Path | None:
    """The first folder on the way to `path`, itself included, that this user may not enter."""
    for folder in (*reversed(path.resolve().parents), path.resolve()):
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == owner[0] else stat.S_IXGRP if found.st_gid == owner[1] else stat.S_IXOTH
        if not found.st_mode & bit:
            return folder
    return None
