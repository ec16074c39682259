"""A systemd of its own: PID 1 in namespaces, on an overlay of this machine's root.

Nothing of the machine is changed: what is written goes to a tmpfs, the network is a
loopback of its own, the end of the outer process ends everything inside. Root only.
"""
import glob
import os
import subprocess
import sys
import tempfile
import time

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLEAN = ["env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", "SYSTEMD_PAGER=", "SYSTEMD_COLORS=0"]
SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--uts", "--ipc",
              "--net", "--cgroup", "--propagation", "private"]
# of a cgroup v1 or hybrid machine, as far as it has them
HIERARCHIES = ("unified", "systemd", "memory", "pids", "devices", "cpu")
# units of the machine that a copy in a namespace has no use for
MASKED = """
systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket
systemd-udev-trigger.service systemd-modules-load.service systemd-sysctl.service
systemd-random-seed.service systemd-remount-fs.service systemd-timesyncd.service
systemd-networkd.service systemd-resolved.service systemd-binfmt.service systemd-firstboot.service
dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount
sys-kernel-config.mount sys-fs-fuse-connections.mount
""".split()
DEVICES = (("null", "1", "3"), ("zero", "1", "5"), ("full", "1", "7"), ("random", "1", "8"),
           ("urandom", "1", "9"), ("tty", "5", "0"))


def cgroup_roots():
    """Folders in which a group of ours has to be made."""
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        return ["/sys/fs/cgroup"]
    return [f"/sys/fs/cgroup/{name}" for name in HIERARCHIES if os.path.isdir(f"/sys/fs/cgroup/{name}")]


def why_not():
    """Why this machine cannot do it, or None."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists(SYSTEMD):
        return "systemd is not installed"
    if subprocess.run([*NAMESPACES, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return "namespaces are not allowed here"
    if not cgroup_roots():
        return "no control groups here"
    if not all(os.access(root, os.W_OK) for root in cgroup_roots()):
        return "control groups cannot be made here"
    probe = "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && " \
            "mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r"
    if subprocess.run([*NAMESPACES, "sh", "-c", probe], stderr=subprocess.DEVNULL,
                      check=False).returncode:
        return "an overlay of / cannot be mounted here"
    return None


def mount(kind, target, options="", source=None):
    subprocess.run(["mount", "-t", kind, *(["-o", options] if options else []), source or kind,
                    target], check=True)


def mount_control_groups(root):
    base = root + "/sys/fs/cgroup"
    if cgroup_roots() == ["/sys/fs/cgroup"]:
        mount("cgroup2", base)
        return
    mount("tmpfs", base, "mode=755")
    for path in cgroup_roots():
        name = os.path.basename(path)
        os.mkdir(f"{base}/{name}")
        if name == "unified":
            mount("cgroup2", f"{base}/{name}")
        else:
            mount("cgroup", f"{base}/{name}", "none,name=systemd" if name == "systemd" else name)


def make_devices(root):
    for folder, options in (("pts", "newinstance,ptmxmode=0666,mode=620,gid=5"), ("shm", "")):
        os.mkdir(f"{root}/dev/{folder}")
        mount("devpts" if folder == "pts" else "tmpfs", f"{root}/dev/{folder}", options)
    for name, major, minor in DEVICES:
        subprocess.run(["mknod", "-m", "666", f"{root}/dev/{name}", "c", major, minor], check=True)
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")


def write_units(root):
    units = f"{root}/etc/systemd/system"
    os.makedirs(units, exist_ok=True)
    for name in ["default.target", *MASKED]:
        if os.path.lexists(f"{units}/{name}"):
            os.unlink(f"{units}/{name}")
    with open(f"{units}/test.target", "w", encoding="ascii") as file:
        file.write("[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n")
    os.symlink("test.target", f"{units}/default.target")
    for name in MASKED:
        os.symlink("/dev/null", f"{units}/{name}")


def become_init(work):
    """Runs as PID 1 of the namespaces; does not return."""
    os.umask(0o022)
    mount("tmpfs", work, "mode=755")
    for name in ("up", "wk", "root"):
        os.mkdir(f"{work}/{name}")
    root = f"{work}/root"
    mount("overlay", root, f"lowerdir=/,upperdir={work}/up,workdir={work}/wk")
    mount("proc", f"{root}/proc")
    mount("sysfs", f"{root}/sys", "ro")
    mount("tmpfs", f"{root}/run", "mode=755")
    mount("tmpfs", f"{root}/tmp", "mode=1777")
    mount("tmpfs", f"{root}/var/log", "mode=755")
    mount("tmpfs", f"{root}/dev", "mode=755")
    make_devices(root)
    mount_control_groups(root)
    with open(f"{root}/etc/machine-id", "w", encoding="ascii") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    with open(f"{root}/etc/fstab", "w", encoding="ascii"):
        pass
    write_units(root)
    os.chdir(root)
    os.mkdir(".old")
    subprocess.run(["pivot_root", ".", ".old"], check=True)
    subprocess.run(["umount", "-l", "/.old"], check=True)
    subprocess.run(["mount", "--make-rshared", "/"], check=True)  # else LoadCredential= is empty
    os.execve(SYSTEMD, [SYSTEMD, "--system", "--show-status=no", "--log-target=journal-or-kmsg"],
              {"PATH": PATH, "container": "unshare", "LANG": "C.UTF-8"})


class PrivateSystemd:
    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="drover-systemd-")
        self.group = f"drover-test-{os.getpid()}"
        join = "for d; do mkdir \"$d\" && echo $$ >\"$d/cgroup.procs\" || exit; done; exec "
        command = " ".join(f"'{word}'" for word in (
            *NAMESPACES, sys.executable, os.path.abspath(__file__), self.work))
        self.outer = subprocess.Popen(
            ["sh", "-c", join + command, "sh", *self.groups()], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            self.init = self.wait(self._find_init, 30, "PID 1 of the namespaces")
            self.root = f"/proc/{self.init}/root"
            self.wait(self._is_running, 60, "systemd running")
        except BaseException:
            self.stop()
            raise

    def groups(self):
        return [f"{root}/{self.group}" for root in cgroup_roots()]

    def wait(self, predicate, timeout, what):
        end = time.monotonic() + timeout
        while True:
            found = predicate()
            if found:
                return found
            if self.outer.poll() is not None:
                raise AssertionError(f"{what}: ended early: {self.outer.stderr.read().decode()}")
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come within {timeout} s")
            time.sleep(0.05)

    def _find_init(self):
        """The child of unshare, once it has become systemd."""
        try:
            with open(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children",
                      encoding="ascii") as file:
                pids = file.read().split()
            with open(f"/proc/{pids[0]}/comm", encoding="ascii") as file:
                return int(pids[0]) if file.read().strip() == "systemd" else None
        except (OSError, IndexError):
            return None

    def _is_running(self):
        return self.run("systemctl", "is-system-running", check=False).stdout.strip() in (
            "running", "degraded")

    def run(self, *command, check=True, timeout=60):
        """Runs a command inside; never one that stays (those are units)."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w",
             *CLEAN, *command], capture_output=True, text=True, timeout=timeout, check=False,
            stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def write(self, path, text, mode=0o644):
        full = self.root + path
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full + ".new", mode)
        os.rename(full + ".new", full)

    def stop(self):
        self.outer.kill()  # --kill-child ends PID 1, and with it everything inside
        self.outer.wait(30)
        self.outer.stderr.close()
        for top in self.groups():
            remove_groups(top)
        os.rmdir(self.work)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def remove_groups(top):
    """Removes emptied control groups, the deepest first; their members may take a moment."""
    for _ in range(100):
        folders = sorted(glob.glob(f"{glob.escape(top)}/**/", recursive=True), key=len, reverse=True)
        for folder in folders:
            try:
                os.rmdir(folder)
            except OSError:
                pass
        if not os.path.exists(top):
            return
        time.sleep(0.1)


if __name__ == "__main__":
    become_init(sys.argv[1])
