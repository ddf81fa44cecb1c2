"""A Slurm cluster on this machine, for tests: munged, slurmctld and two nodes, in one temporary
folder.

Purpose: real daemons with real job arrays. Each node is a slurmd in namespaces of its own: it has
its own host name and boot identifier, and it dies whole, with every step and program on it, as a
machine does.
Invariant: on leaving the cluster, also on a failure, its daemons and everything they started are
gone, and so is the folder; when the test itself is killed, the daemons go with it. It uses free
ports and no file outside its folder.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "unshare", "setpriv")
NODES = ("alpha", "beta")
PATIENCE_S = 180


def missing_commands() -> list[str]:
    """What `tools/packages full` would install."""
    return [name for name in NEEDED if shutil.which(name, path=search_path()) is None]


def search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class LocalCluster:
    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tricolour-slurm-"))
        self.environment = {
            **os.environ,
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": search_path(),
        }
        self.processes = {}
        try:
            self._configure()
            self._start(
                "munged",
                "munged",
                "--foreground",
                "--force",
                f"--key-file={self.folder}/key",
                f"--socket={self.folder}/munge.socket",
                f"--pid-file={self.folder}/munged.pid",
                f"--log-file={self.folder}/munged.log",
                f"--seed-file={self.folder}/seed",
            )
            self.wait("munged", lambda: (self.folder / "munge.socket").exists())
            self._start("slurmctld", "slurmctld", "-D")
            for node in NODES:
                self.start_node(node)
            self.wait("idle nodes", lambda: self.node_states() == {node: "idle" for node in NODES})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for node in [name for name in self.processes if name in NODES]:
            self.kill_node(node)
        for name in reversed(list(self.processes)):
            self._end(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_node(self, node: str) -> None:
        boot_id = self.folder / f"{node}.boot_id"
        boot_id.write_text(f"{node}\n", encoding="utf-8")
        commands = (
            f"hostname {node}; mount --bind {boot_id} /proc/sys/kernel/random/boot_id;"
            f" exec slurmd -D -N {node}"
        )
        self._start(
            node,
            "unshare",
            "--uts",
            "--pid",
            "--mount-proc",
            "--fork",
            "--kill-child",
            "sh",
            "-c",
            commands,
        )

    def kill_node(self, node: str) -> None:
        """The kernel ends every process in the node's namespace with its first one, which is the
        one child of `unshare`."""
        process = self.processes.pop(node)
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        process.wait()

    def call(self, *words) -> str:
        result = subprocess.run(
            [str(word) for word in words],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
        )
        assert (
            result.returncode == 0
        ), f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}\n{self.logs()}"
        return result.stdout

    def node_states(self) -> dict[str, str]:
        result = subprocess.run(
            ["sinfo", "-h", "-N", "-o", "%N %t"],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
        )
        return dict(line.split() for line in result.stdout.splitlines())

    def jobs(self) -> list[str]:
        """Of what is pending or running: job or task, state, node or reason."""
        return self.call("squeue", "-h", "-r", "-o", "%i %T %R").splitlines()

    def wait(self, what: str, done) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < deadline, f"no {what} after {PATIENCE_S} s\n{self.logs()}"
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} has ended\n{self.logs()}"
            time.sleep(0.1)

    def logs(self) -> str:
        """The last lines of every daemon's log."""
        tails = (
            "\n".join([f"--- {path.name}", *path.read_text(errors="replace").splitlines()[-15:]])
            for path in sorted(self.folder.glob("*.log"))
        )
        return "\n".join(tails)

    def _start(self, name: str, *words: str) -> None:
        with (self.folder / f"{name}.out.log").open("a") as output:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *words],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env=self.environment,
            )

    def _end(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _configure(self) -> None:
        (self.folder / "key").write_bytes(os.urandom(128))
        (self.folder / "key").chmod(0o600)
        host, folder = socket.gethostname(), self.folder
        controller, *ports = free_ports(1 + len(NODES))
        nodes = [
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1"
            for node, port in zip(NODES, ports)
        ]
        (folder / "slurm.conf").write_text(
            "\n".join(
                [
                    "ClusterName=tricolour-test",
                    f"SlurmctldHost={host}(127.0.0.1)",
                    f"SlurmctldPort={controller}",
                    "SlurmUser=root",
                    "SlurmdUser=root",
                    # A requeued job waits for its credential to expire.
                    "AuthType=auth/munge",
                    "CredType=cred/munge",
                    f"AuthInfo=socket={folder}/munge.socket,cred_expire=5",
                    f"StateSaveLocation={folder}/state",
                    f"SlurmctldPidFile={folder}/slurmctld.pid",
                    f"SlurmctldLogFile={folder}/slurmctld.log",
                    f"SlurmdPidFile={folder}/%n.pid",
                    f"SlurmdLogFile={folder}/%n.log",
                    f"SlurmdSpoolDir={folder}/spool-%n",
                    "ProctrackType=proctrack/linuxproc",
                    "TaskPlugin=task/none",
                    "JobAcctGatherType=jobacct_gather/none",
                    "AccountingStorageType=accounting_storage/none",
                    "SwitchType=switch/none",
                    "MpiDefault=none",
                    "MailProg=/bin/true",
                    "SelectType=select/cons_tres",
                    "SelectTypeParameters=CR_CPU",
                    "SchedulerParameters=batch_sched_delay=1,bf_interval=1",
                    "ReturnToService=2",
                    "SlurmdTimeout=5",
                    *nodes,
                    f"PartitionName=all Nodes={','.join(NODES)} Default=YES State=UP",
                ]
            )
            + "\n"
        )
        for name in ("state", *(f"spool-{node}" for node in NODES)):
            (folder / name).mkdir()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
