# SPDX-License-Identifier: Apache-2.0
"""Where the CPU of rt and of the floor goes, call by call: `bench --calls`.

The kernel's own trace points (tracefs) tell when a process and what it starts enters and leaves a system call, is
switched to and away from, executes a program and ends.  So what a process has run is split, without a rest, into its
calls and its own code; page faults outside of calls are part of the latter.  Being traced costs something at each call,
which makes the sums somewhat larger than the CPU time of the main table.
"""
import os
import random
import re
import subprocess
import textwrap

from scenarios import LeaveOut, system_calls

SAMPLES = 24
EVENTS = ("raw_syscalls/sys_enter", "raw_syscalls/sys_exit", "sched/sched_switch", "sched/sched_process_exec",
          "sched/sched_process_fork", "sched/sched_process_exit")
FAULT_EVENT = "exceptions/page_fault_user"  # x86 alone has it; those of the kernel are part of its calls
LINE = re.compile(r"^.+-(\d+)\s+\[\d+\]\s+\S+\s+(\d+)\.(\d{6}): (\w+): (.*)$")
NUMBER = re.compile(r"NR (-?\d+)")
SWITCH = re.compile(r"prev_pid=(\d+) .*==> .*next_pid=(\d+) ")
OWN = "(own code, page faults)"
# The runtime's first process; those that it starts, up to the container's program; that program.
OUTSIDE, INSIDE, PROGRAM = "outside", "inside", "program"
PROGRAMS = {"true", "busybox"}
WHOS = ("floor", "floor-fd", "rt")
# The others are one of these with something more.
BASIC = {"run", "life", "exec", "state", "kill", "list"}
SHOWN = 10  # rows of the short table


class Tracer:
    """An instance of tracefs of our own."""

    def __init__(self, work):
        self.mount = work / "tracefs"
        self.mount.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tracefs", "tracefs", str(self.mount)], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise LeaveOut("tracefs can not be mounted: " + done.stderr.strip())
        self.place = self.mount / "instances" / ("rt-bench-%d" % os.getpid())

    def __enter__(self):
        try:
            self.place.mkdir()
            for file, value in (("tracing_on", "0"), ("trace_clock", "mono"), ("buffer_size_kb", "8192"),
                                ("options/event-fork", "1")):
                self.write(file, value)
            for event in EVENTS:
                self.write("events/%s/enable" % event, "1")
            self.has_faults = (self.place / "events" / FAULT_EVENT).exists()
            if self.has_faults:
                self.write("events/%s/enable" % FAULT_EVENT, "1")
        except OSError as error:
            self.__exit__()
            raise LeaveOut("the kernel's trace points: %s" % error) from error
        return self

    def __exit__(self, *_):
        if self.place.exists():
            self.place.rmdir()
        subprocess.run(["umount", str(self.mount)], check=False)

    def write(self, file, value):
        (self.place / file).write_text(value)

    def record(self, words):
        """The events of a command and of all that it starts, as lines."""
        self.write("trace", "")

        def be_traced():
            self.write("set_event_pid", str(os.getpid()))
            self.write("tracing_on", "1")

        done = subprocess.run(words, preexec_fn=be_traced, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, errors="replace", timeout=300, check=False)
        self.write("tracing_on", "0")
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return (self.place / "trace").read_text(errors="replace").splitlines()


class Process:
    def __init__(self, role):
        self.role = role
        self.call = None      # number of the system call that it is in
        self.pending_us = 0   # what that has run up to now
        self.counts = 1       # how much that call counts: the child's half of clone() does not
        self.since_us = None  # when it was last looked at, while it runs


class Bill:
    """Adds up one sample: (role, what) -> [times, microseconds].  `measure`, the first process, is on no bill."""

    def __init__(self):
        self.entries, self.processes = {}, {}

    def add(self, role, what, times, spent_us):
        if role is not None:
            entry = self.entries.setdefault((role, what), [0, 0])
            entry[0] += times
            entry[1] += spent_us

    def look(self, process, now_us):
        """Puts what has run since the last look where it belongs."""
        if process.since_us is None:
            return
        spent, process.since_us = now_us - process.since_us, now_us
        if process.call is None:
            self.add(process.role, OWN, 0, spent)
        else:
            process.pending_us += spent

    def end_call(self, process):
        """The bill goes to the role that it has now: execve() is part of the new program."""
        if process.call is not None:
            self.add(process.role, process.call, process.counts, process.pending_us)
        process.call, process.pending_us, process.counts = None, 0, 1

    def handle(self, pid, now_us, event, text):
        process = self.processes.setdefault(pid, Process(None))
        if event == "sched_switch":
            previous, following = map(int, SWITCH.search(text).groups())
            if previous in self.processes:
                self.look(self.processes[previous], now_us)
                self.processes[previous].since_us = None
            if following in self.processes:
                self.processes[following].since_us = now_us
            return
        if process.since_us is None:
            process.since_us = now_us  # it was running when the trace began
        if event == "sys_enter":
            self.look(process, now_us)
            process.call = int(NUMBER.match(text).group(1))
        elif event == "sys_exit":
            self.look(process, now_us)
            self.end_call(process)
        elif event == "sched_process_exec":
            self.handle_exec(process, text)
        elif event == "sched_process_fork":
            child = Process(INSIDE if process.role in (OUTSIDE, INSIDE) else process.role)
            child.call, child.counts = process.call, 0
            self.processes[int(text.rsplit("child_pid=", 1)[1])] = child
        elif event == "sched_process_exit":
            self.look(process, now_us)
        elif event == "page_fault_user":
            self.add(process.role, OWN, 1, 0)

    def handle_exec(self, process, text):
        name = os.path.basename(re.match(r"filename=(.*) pid=", text).group(1))
        if name in ("measure", "nsenter"):
            return
        if process.role is None:
            process.role = OUTSIDE
        elif name in PROGRAMS and process.role == INSIDE:
            process.role = PROGRAM

    def finish(self):
        for process in self.processes.values():
            self.end_call(process)  # exit_group() does not return
        return self.entries


def read_sample(lines):
    bill = Bill()
    for line in lines:
        found = LINE.match(line)
        if found:
            pid, seconds, fraction, event, text = found.groups()
            bill.handle(int(pid), int(seconds) * 1000000 + int(fraction), event, text)
    return bill.finish()


def middle(values):
    """The mean of what is between the quartiles: one call takes too few of the clock's microseconds for a median."""
    ordered = sorted(values)
    inner = ordered[len(ordered) // 4:len(ordered) - len(ordered) // 4]
    return sum(inner) / len(inner)


def summarise(samples):
    """(role, what) -> {"n", "us"} of the samples of one runtime."""
    return {key: {"n": round(middle([sample.get(key, (0, 0))[0] for sample in samples])),
                  "us": middle([sample.get(key, (0, 0))[1] for sample in samples])}
            for key in {key for sample in samples for key in sample}}


def measure(session, group):
    """A table for each scenario of GROUP that can be traced."""
    group = [s for s in group if s.jobs == 1 and "floor" in s.floors]
    slots = [(s, runtime) for s in group for runtime in session.subjects if runtime.name in WHOS and s.is_for(runtime)]
    samples = {}
    try:
        with Tracer(session.work) as tracer:
            for turn in range(1 + SAMPLES):
                random.shuffle(slots)
                for scenario, runtime in slots:
                    slot = (scenario.name, runtime.name)
                    if slot in session.left_out:
                        continue
                    try:
                        lines = tracer.record(session.words(scenario, runtime))
                    except RuntimeError as error:
                        session.left_out[slot] = str(error)
                        continue
                    if turn > 0:  # the first one warms the caches
                        samples.setdefault(slot, []).append(read_sample(lines))
            has_faults = tracer.has_faults
    except LeaveOut as reason:
        print("bench: --calls is left out: %s" % reason)
        return []
    names = {number: name for name, number in system_calls().items()}
    tables = []
    for scenario in group:
        sums = {who: summarise(samples[scenario.name, who]) for who in WHOS if (scenario.name, who) in samples}
        if "rt" in sums and "floor" in sums:
            tables.append(make_table(scenario, sums, names, has_faults))
    return tables


def make_table(scenario, sums, names, has_faults):
    """What is written as JSON: for each call {column: {"n", "us"}}, where a column is a floor or a part of rt."""
    rows = {}

    def add(what, column, cell):
        entry = rows.setdefault(what, {}).setdefault(column, {"n": 0, "us": 0.0})
        entry["n"] += cell["n"]
        entry["us"] += cell["us"]

    for who, entries in sums.items():
        for (role, what), cell in entries.items():
            name = what if what == OWN else names.get(what, "nr %d" % what)
            if role == PROGRAM:
                name = "(the program)"
                cell = {"n": cell["n"] if what != OWN else 0, "us": cell["us"]}
            add(name, who, cell)
            if who == "rt" and role != PROGRAM:
                add(name, "rt-" + role, cell)
    for what, cells in rows.items():
        for column, cell in list(cells.items()):
            if what == OWN and not has_faults:
                cell["n"] = None
    order = sorted(rows, key=lambda what: -difference(rows[what]))
    return {"scenario": scenario.name, "title": scenario.title, "samples": SAMPLES,
            "calls": [{"call": what, **rows[what]} for what in order]}


def difference(row, base="floor"):
    return row.get("rt", {"us": 0})["us"] - row.get(base, {"us": 0})["us"]


def columns(table):
    found = {column for row in table["calls"] for column in row} - {"call"}
    titles = (("floor", "floor"), ("floor-fd", "floor, by descriptors"), ("rt", "rt"), ("rt-outside", "of it outside"),
              ("rt-inside", "of it inside"))
    return [(column, title) for column, title in titles if column in found]


def total(rows, name):
    """One row that is the sum of ROWS.  Page faults are no calls."""
    out = {"call": name}
    for row in rows:
        for column, cell in row.items():
            if column != "call":
                entry = out.setdefault(column, {"n": 0, "us": 0.0})
                entry["n"] += 0 if row["call"] == OWN else cell["n"]
                entry["us"] += cell["us"]
    return out


def cell_text(row, column):
    cell = row.get(column)
    if not cell:
        return "-"
    return "%s, %.0f" % ("-" if cell["n"] is None else cell["n"], cell["us"])


def print_table(table):
    """All of it, as text."""
    shown = columns(table)
    print("\n%s, call by call: times and microseconds of CPU, means of the middle of %d samples" % (
        table["title"], table["samples"]))
    print("%-24s" % "" + "".join("%22s" % title for _, title in shown) + "%14s" % "rt - floor")
    for row in [*table["calls"], total(table["calls"], "sum")]:
        print("%-24s" % row["call"] + "".join("%22s" % cell_text(row, column) for column, _ in shown) +
              "%14.0f" % difference(row))


def markdown(tables):
    """The short tables, and what they are."""
    if not tables:
        return ""
    text = ("Call by call: how often, and microseconds of CPU (means of the middle of %d samples). Beside what rt "
            "needs in all is what its first process does outside, and what those do that become the container. The row "
            "of the own code has the page faults too, and what being traced costs at each call." % tables[0]["samples"])
    return "\n".join(textwrap.wrap(text, 118)) + "\n\n" + "\n".join(map(short_table, tables))


def short_table(table):
    """The rows that make most of the difference."""
    shown, rows = columns(table), table["calls"]
    least = sorted((abs(difference(row)) for row in rows), reverse=True)[:SHOWN][-1]
    first = [row for row in rows if abs(difference(row)) >= least]
    rest = [row for row in rows if row not in first]
    lines = [*first, *([total(rest, "%d others" % len(rest))] if rest else []), total(rows, "sum")]
    out = ["**%s**" % (table["title"][0].upper() + table["title"][1:]), "",
           "| | %s | rt - floor |" % " | ".join(title for _, title in shown),
           "| --- |%s" % (" ---: |" * (len(shown) + 1))]
    for row in lines:
        name = row["call"] if re.match(r"\(|\d|sum$", row["call"]) else "`%s`" % row["call"]
        cells = " | ".join(cell_text(row, column) for column, _ in shown)
        out.append("| %s | %s | %+.0f |" % (name, cells, difference(row)))
    return "\n".join(out) + "\n"
