# SPDX-License-Identifier: Apache-2.0
"""What bench measures: the runtimes, the bundles that they get, and a class for each row of the table."""
import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
# A container engine's profile allows all but these, in spirit.
FORBIDDEN = {"acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module",
             "finit_module", "get_kernel_syms", "get_mempolicy", "init_module", "ioperm", "iopl", "kcmp",
             "kexec_file_load", "kexec_load",
             "keyctl", "lookup_dcookie", "mbind", "mount", "move_pages", "nfsservctl", "open_by_handle_at",
             "perf_event_open", "personality", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace",
             "query_module", "quotactl", "reboot", "request_key", "set_mempolicy", "setns", "settimeofday", "swapoff",
             "swapon", "_sysctl", "sysfs", "umount2", "umount", "unshare", "uselib", "userfaultfd", "ustat", "vm86",
             "vm86old"}


class Runtime:
    """A runtime under test: how it is called."""
    is_floor = False

    def __init__(self, name, path, work):
        self.name, self.path, self.root = name, str(path), work / "run" / name
        self.flags = ["--root", str(self.root)]
        # runc has no way to do without a cgroup.
        self.no_cgroup = [] if name.startswith("runc") else ["--cgroup-manager=disabled"]

    def call(self, *args, cgroup=False):
        return [self.path, *self.flags, *([] if cgroup else self.no_cgroup), *map(str, args)]

    def version(self):
        out = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout
        return out.splitlines()[0].strip()


class Floor:
    """The same container by raw system calls: floor.c.  Its verb `run` mounts in two ways, floor.h."""
    is_floor = True

    def __init__(self, name, run):
        self.name, self.run = name, run


FLOORS = [Floor("floor", "run"), Floor("floor-fd", "run-fd")]


# ---- bundles -----------------------------------------------------------------------------------------------------

def make_rootfs(work):
    root = work / "rootfs"
    for name in ("bin", "proc", "sys", "dev", "tmp", "etc", "mnt"):
        (root / name).mkdir(parents=True)
    busybox = shutil.which("busybox")
    if not busybox:
        sys.exit("bench: busybox is missing (package busybox-static)")
    shutil.copy(busybox, root / "bin/busybox")
    for name in ("true", "sleep", "sh"):
        (root / "bin" / name).symlink_to("busybox")
    # For the floor, which passes no arguments.
    (root / "bin/pause").write_text("#!/bin/sh\nexec sleep 10000\n")
    (root / "bin/pause").chmod(0o755)
    return root


def make_bundle(session, name, change=lambda config: None):
    bundle = session.work / ("bundle-" + name)
    bundle.mkdir()
    (bundle / "rootfs").symlink_to(session.work / "rootfs")
    session.run([session.args.rt, "spec", "--bundle", str(bundle)])
    path = bundle / "config.json"
    config = json.loads(path.read_text())
    config["ociVersion"] = "1.0.2"  # old peers know no newer one
    config["process"]["terminal"] = False
    config["process"]["args"] = ["/bin/true"]
    config["root"]["path"] = str(session.work / "rootfs")
    change(config)
    path.write_text(json.dumps(config))
    return str(bundle)


def system_calls():
    """Name -> number of those that this machine's headers know."""
    for header in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h",
                   "/usr/include/asm-generic/unistd.h"):
        if os.path.exists(header):
            found = re.findall(r"^#define __NR(?:3264)?_([a-z0-9_]+)\s+(\d+)", Path(header).read_text(), re.M)
            return {name: int(number) for name, number in found}
    sys.exit("bench: no header of system call numbers (package linux-libc-dev)")


def add_seccomp(config):
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"] if platform.machine() == "x86_64" else
                         ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        "syscalls": [
            {"names": sorted(set(system_calls()) - FORBIDDEN), "action": "SCMP_ACT_ALLOW"},
            *({"names": ["personality"], "action": "SCMP_ACT_ALLOW",
               "args": [{"index": 0, "value": value, "op": "SCMP_CMP_EQ"}]}
              for value in (0, 8, 0x20000, 0x20008, 2**32 - 1)),
            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
        ]}


def add_many(config):
    config["mounts"] += [{"destination": "/mnt/%d" % i, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid"]}
                         for i in range(54)]
    config["linux"]["devices"] = [{"path": "/dev/bench%d" % i, "type": "c", "major": 1, "minor": 3, "fileMode": 0o666}
                                  for i in range(30)]
    config["root"]["readonly"] = False


def controllers():
    return (CGROUP / "cgroup.controllers").read_text().split()


def add_limits(config):
    have = controllers()
    resources = config["linux"].setdefault("resources", {})
    if "memory" in have:
        resources["memory"] = {"limit": 1 << 28}
    if "pids" in have:
        resources["pids"] = {"limit": 100}
    if "cpu" in have:
        resources["cpu"] = {"shares": 512, "quota": 50000, "period": 100000}


# ---- scenarios ---------------------------------------------------------------------------------------------------

class LeaveOut(Exception):
    """A scenario that this machine has no means for."""


class Scenario:
    """One row of the table.  command(session, runtime) gives the words for `measure`."""
    name = title = ""
    jobs = 1
    is_alone = False  # not mixed in time with others
    cgroup = False    # whether those get one that can do without
    floors = ("floor",)
    wrapper = ()      # words before `measure`

    def change(self, config):
        pass

    def prepare(self, session):
        self.bundle = make_bundle(session, self.name, self.change)

    def is_for(self, runtime):
        return not runtime.is_floor or runtime.name in self.floors

    def command(self, session, runtime):
        raise NotImplementedError

    def before(self, session, runtime):
        pass

    def finish(self, session):
        pass


class Run(Scenario):
    """A whole container that runs true; derived ones change the configuration or the host."""

    def floor_words(self, session, floor):
        cgroup = str(CGROUP / session.next_id()) if self.cgroup else ""
        return [session.floor, floor.run, str(session.work / "rootfs"), "/bin/true", cgroup]

    def command(self, session, runtime):
        if runtime.is_floor:
            return self.floor_words(session, runtime)
        return runtime.call("run", "--bundle", self.bundle, session.next_id(), cgroup=self.cgroup)


class RunPlain(Run):
    name, title = "run", "run true, no cgroup"
    floors = ("floor", "floor-fd")

    def is_for(self, runtime):
        return super().is_for(runtime) and (runtime.is_floor or bool(runtime.no_cgroup))


class RunCgroup(Run):
    name, title, cgroup = "run-cgroup", "run true, cgroup2 and limits", True
    floors = ("floor", "floor-fd")
    change = staticmethod(add_limits)


class Seccomp(Run):
    name, title = "seccomp", "run true, Docker-size profile, cached"
    change = staticmethod(add_seccomp)

    def prepare(self, session):
        super().prepare(session)
        for runtime in session.runtimes:
            session.run(runtime.call("run", "--bundle", self.bundle, session.next_id(), cgroup=self.cgroup))
        # The floor loads the very filter that rt has made.
        entries = sorted((session.runtimes[0].root / ".cache/seccomp").iterdir())
        data = max((entry.read_bytes() for entry in entries), key=len)
        count = struct.unpack_from("=I", data, 20)[0]
        self.filter = session.work / "rootfs/filter"
        self.filter.write_bytes(data[-8 * count:])

    def command(self, session, runtime):
        if runtime.is_floor:
            return self.floor_words(session, runtime) + ["/filter"]
        return super().command(session, runtime)


class SeccompFirst(Seccomp):
    name, title = "seccomp-first", "run true, Docker-size profile, first time"

    floors = ()

    def prepare(self, session):
        Run.prepare(self, session)

    def before(self, session, runtime):
        shutil.rmtree(runtime.root / ".cache", ignore_errors=True)


class Life(Run):
    name, title = "life", "create + start + delete"

    def command(self, session, runtime):
        name = session.next_id()
        if runtime.is_floor:
            place = str(session.run_dir / name)
            return [session.floor, "create", place, str(session.work / "rootfs"), "/bin/true", "+", session.floor,
                    "start", place, "+", "@wait", "+", session.floor, "delete", place]
        return [*runtime.call("create", "--bundle", self.bundle, name), "+", *runtime.call("start", name), "+",
                "@wait", "+", *runtime.call("delete", name)]


class WithContainer(Run):
    """Needs a container that runs; one for each runtime, made once."""

    def change(self, config):
        config["process"]["args"] = ["/bin/sleep", "10000"]

    def prepare(self, session):
        super().prepare(session)
        self.ids = {}
        for runtime in session.runtimes:
            self.ids[runtime.name] = name = session.next_id()
            session.run(runtime.call("run", "-d", "--bundle", self.bundle, name))
        self.place = str(session.run_dir / session.next_id())
        session.run([session.floor, "create", self.place, str(session.work / "rootfs"), "/bin/pause"])
        session.run([session.floor, "start", self.place])

    def finish(self, session):
        for runtime in session.runtimes:
            session.run(runtime.call("delete", "--force", self.ids[runtime.name]))
        record = (Path(self.place) / "state").read_bytes()
        os.kill(struct.unpack_from("=l", record)[0], 9)


class Exec(WithContainer):
    name, title = "exec", "exec true"

    def command(self, session, runtime):
        if runtime.is_floor:
            return [session.floor, "exec", self.place, "/bin/true"]
        return runtime.call("exec", self.ids[runtime.name], "/bin/true")


class State(WithContainer):
    name, title = "state", "state"

    def command(self, session, runtime):
        if runtime.is_floor:
            return [session.floor, "state", self.place]
        return runtime.call("state", self.ids[runtime.name])


class Kill(WithContainer):
    name, title = "kill", "kill (signal 28)"

    def command(self, session, runtime):
        if runtime.is_floor:
            return [session.floor, "kill", self.place]
        return runtime.call("kill", self.ids[runtime.name], "WINCH")


class List(Run):
    name, title, containers = "list", "list of 1000 containers", 1000
    is_alone = True

    def prepare(self, session):
        super().prepare(session)
        self.saved, self.ids = {}, {}
        for runtime in session.runtimes:
            real, self.saved[runtime.name] = runtime.root, session.run_dir / ("list-" + runtime.name)
            runtime.flags[1] = str(self.saved[runtime.name])
            self.ids[runtime.name] = name = session.next_id()
            session.run(runtime.call("create", "--bundle", self.bundle, name))
            session.run(runtime.call("kill", name, "KILL"))
            self.copy(self.saved[runtime.name], name)
            runtime.flags[1] = str(real)
        place = session.run_dir / "list-floor"
        place.mkdir()
        session.run([session.floor, "create", str(place / "bench-00000"), str(session.work / "rootfs"), "/bin/pause"])
        record = (place / "bench-00000/state").read_bytes()
        os.kill(struct.unpack_from("=l", record)[0], 9)
        self.copy(place, "bench-00000")

    def finish(self, session):
        for runtime in session.runtimes:
            words = runtime.call("delete", "--force", self.ids[runtime.name])
            words[2] = str(self.saved[runtime.name])
            session.run(words)

    def copy(self, root, name):
        """999 more with the same record under another name of the same length."""
        files = {p.name: p.read_bytes() for p in (root / name).iterdir() if p.is_file()}
        for i in range(1, self.containers):
            other = "other-%05d" % i
            (root / other).mkdir(mode=0o700)
            for file, data in files.items():
                (root / other / file).write_bytes(data.replace(name.encode(), other.encode()))

    def command(self, session, runtime):
        if runtime.is_floor:
            return [session.floor, "list", str(session.run_dir / "list-floor")]
        words = runtime.call("list")
        words[2] = str(self.saved[runtime.name])
        return words


class Parallel(Run):
    is_alone = True

    def __init__(self, jobs):
        self.name, self.title, self.jobs = "parallel-%d" % jobs, "%d runs of true at once" % jobs, jobs

    def command(self, session, runtime):
        if runtime.is_floor:
            return self.floor_words(session, runtime)
        return runtime.call("run", "--bundle", self.bundle, session.next_id() + "-%d")


class Many(Run):
    name, title = "many", "run true, 60 mounts and 30 devices"
    change = staticmethod(add_many)
    floors = ()


class HostMounts(Run):
    """In a mount namespace of its own, so that the others do not have the mounts."""
    name, title, mounts = "host-mounts", "run true on a host with 1000 mounts more", 1000

    def prepare(self, session):
        super().prepare(session)
        place = session.run_dir / "mounts"
        place.mkdir()
        # The shell keeps the namespace until its input ends: a file of it can not always be bound on Linux 6.18.
        script = """
            mount -t tmpfs tmpfs "$1"
            for i in $(seq "$2"); do mkdir "$1/$i"; mount --bind "$1/$i" "$1/$i"; done
            echo ready
            read end || exit 0"""
        self.keeper = subprocess.Popen(["unshare", "--mount", "sh", "-ec", script, "sh", str(place), str(self.mounts)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.keeper.stdout.readline() != b"ready\n":
            sys.exit("bench: no namespace with %d mounts" % self.mounts)
        self.wrapper = ("nsenter", "--mount=/proc/%d/ns/mnt" % self.keeper.pid)

    def finish(self, session):
        self.keeper.communicate(timeout=60)


class Memory(Scenario):
    """The smallest memory.max under which a container starts: to 4 kB, each size tried three times."""
    name, title = "memory", "run true under a small memory.max"
    is_alone = True
    least, most, step, tries = 16, 65536, 4, 3

    def prepare(self, session):
        if "memory" not in controllers():
            raise LeaveOut("cgroup2 has no memory controller here")
        self.bundles = {}

    def bundle(self, session, kilobytes):
        if kilobytes not in self.bundles:
            def change(config):
                config["linux"]["resources"]["memory"] = {"limit": kilobytes * 1024}
            self.bundles[kilobytes] = make_bundle(session, "memory-%d" % kilobytes, change)
        return self.bundles[kilobytes]

    def command(self, session, runtime, kilobytes):
        if not runtime.is_floor:
            return runtime.call("run", "--bundle", self.bundle(session, kilobytes), session.next_id(), cgroup=True)
        # The floor knows no limits: it makes its cgroup below one that has it.
        parent = CGROUP / session.next_id()
        parent.mkdir()
        self.parents.append(parent)
        (parent / "memory.max").write_text(str(kilobytes * 1024))
        return [session.floor, "run", str(session.work / "rootfs"), "/bin/true", str(parent / "floor")]

    def is_enough(self, session, runtime, kilobytes):
        self.parents = []
        try:
            for _ in range(self.tries):
                done = subprocess.run(self.command(session, runtime, kilobytes), stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
                if done.returncode != 0:
                    return False
            return True
        finally:
            for parent in self.parents:
                for directory in (parent / "floor", parent):
                    if directory.exists():
                        directory.rmdir()

    def search(self, session, runtime):
        least, most = self.least, self.most
        if not self.is_enough(session, runtime, most):
            raise RuntimeError("not even with %d kB" % most)
        while most - least > self.step:
            middle = (least + most) // 2 // self.step * self.step
            if self.is_enough(session, runtime, middle):
                most = middle
            else:
                least = middle
        return {"limit_kb": most}


def scenarios():
    return [RunPlain(), RunCgroup(), Seccomp(), SeccompFirst(), Life(), Exec(), State(), Kill(), List(), Parallel(8),
            Parallel(64), Many(), HostMounts(), Memory()]
