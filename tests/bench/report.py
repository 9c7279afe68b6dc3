# SPDX-License-Identifier: Apache-2.0
"""What bench has measured, as rows with medians and quartiles, and these as text and Markdown."""
import re
import statistics
import textwrap
from pathlib import Path

import targets

FIGURES = ("cpu_us", "wall_us", "faults", "syscalls", "limit_kb")


def summarise(session, chosen):
    rows = []
    for scenario in chosen:
        row = {"scenario": scenario.name, "title": scenario.title, "jobs": scenario.jobs, "runtimes": {}}
        for name in (subject.name for subject in session.subjects):
            figures = session.samples.get((scenario.name, name))
            if not figures:
                if (scenario.name, name) in session.left_out:
                    row["runtimes"][name] = {"failed": session.left_out[(scenario.name, name)]}
                continue
            out = {}
            for key in FIGURES:
                if key in figures:
                    values = sorted(figures[key])
                    out[key] = {"median": statistics.median(values), "n": len(values),
                                "p25": values[len(values) // 4], "p75": values[(3 * len(values)) // 4]}
            if "peak_kb" in figures:
                peaks = {}
                for sample in figures["peak_kb"]:
                    for image, kb in sample.items():
                        peaks[image] = max(kb, peaks.get(image, 0))
                peaks.pop("measure", None)
                out["peak_kb"] = peaks
            row["runtimes"][name] = out
        rows.append(row)
    add_extra(rows)
    return rows


def add_extra(rows):
    """extra_us: the CPU that a host with many mounts adds to a run, or to one with a cgroup where there is no other."""
    by_name = {row["scenario"]: row["runtimes"] for row in rows}
    for name, figures in by_name.get("host-mounts", {}).items():
        plain = by_name.get("run", {}).get(name, {}) or by_name.get("run-cgroup", {}).get(name, {})
        if "cpu_us" in figures and "cpu_us" in plain:
            figures["extra_us"] = {"median": figures["cpu_us"]["median"] - plain["cpu_us"]["median"]}


def ratio(row, name, base, key):
    ours, theirs = row["runtimes"].get(name, {}).get(key), row["runtimes"].get(base, {}).get(key)
    return ours["median"] / theirs["median"] if ours and theirs and theirs["median"] else None


def cell(value):
    return "%9.2f" % value if value is not None else "        -"


def columns(rows, names):
    """What rt is held against."""
    floors = [name for name in ("floor", "floor-fd")
              if any("syscalls" in row["runtimes"].get(name, {}) for row in rows)]
    return [*(floors or ["floor"]), *(name for name in names if name != "rt")]


def print_table(rows, names, facts):
    others = columns(rows, names)
    for key, what in (("cpu_us", "CPU, all processes"), ("wall_us", "wall"), ("faults", "page faults"),
                      ("syscalls", "system calls"), ("limit_kb", "smallest memory.max, kB")):
        if not any(key in row["runtimes"].get("rt", {}) for row in rows):
            continue
        print("\n%s: rt's median, its quartiles, and what it is to" % what)
        print("%-46s %10s %19s" % ("", "rt", "") + "".join("%11s" % name for name in others))
        for row in rows:
            figure = row["runtimes"].get("rt", {}).get(key)
            if not figure:
                continue
            per = row["jobs"] if key == "wall_us" else 1
            print("%-46s %10.0f %19s" % (row["title"], figure["median"] / per, "%.0f..%.0f" % (
                figure["p25"] / per, figure["p75"] / per)) + "".join("  " + cell(ratio(row, "rt", other, key))
                                                                    for other in others))
    print("\nPeak memory (VmHWM, kB) of each image")
    for row in rows:
        for name in names:
            peaks = row["runtimes"].get(name, {}).get("peak_kb")
            if peaks and row["scenario"] in ("run", "run-cgroup", "exec", "state"):
                print("%-46s %-10s %s" % (row["title"], name, ", ".join("%s %d" % item for item in peaks.items())))
    if facts["stripped_kb"]:
        print("rt's file without symbols: %d kB" % facts["stripped_kb"])
    for left in left_out(rows):
        print("left out: %s, %s: %s" % left)


def left_out(rows):
    return [(row["title"], name, figures["failed"]) for row in rows for name, figures in row["runtimes"].items()
            if "failed" in figures]


def short_version(text):
    """"crun version 1.8.1" -> "crun 1.8.1"."""
    return re.sub(r"^(\S+) version ", r"\1 ", text)


def markdown(rows, names, facts):
    """A table: what rt costs, and its ratios to the floor and to each peer.  FACTS: describe()."""
    others = ["floor", *(name for name in names if name != "rt")]
    title = {name: short_version(facts["versions"].get(name, "the floor")) for name in others}
    text = ("%s, %s; %s. Medians of %d rounds, in brackets the quartiles. The other columns are rt's median divided by "
            "that of the other one in the same session: 0.30 is less than a third. Where that is more than what we aim "
            "at, the aim is behind it." % (
                facts["date"], facts["machine"], ", ".join(map(short_version, facts["versions"].values())),
                facts["rounds"]))
    out = [*textwrap.wrap(text, 118), "",
           "| CPU time of all processes | rt, ms | %s |" % " | ".join("to " + title[name] for name in others),
           "| --- | --- |%s" % (" --- |" * len(others))]
    for row in rows:
        figure = row["runtimes"].get("rt", {}).get("cpu_us")
        if figure:
            out.append("| %s | %s | %s |" % (row["title"], "%.2f (%.2f..%.2f)" % tuple(
                figure[key] / 1000 for key in ("median", "p25", "p75")), ratios(row, others, "cpu_us")))
    for row in rows:
        out += other_figures(row, others)
    out += size_rows(rows, others, facts)
    out += ["", *("Left out: %s, %s: %s." % left for left in left_out(rows))] if left_out(rows) else []
    return "\n".join(out) + "\n"


def other_figures(row, others):
    """The rows of the table that are not CPU time."""
    out = []
    for key, what, unit in (("extra_us", "what the mounts add", "ms"), ("wall_us", "wall time", "ms"),
                            ("syscalls", "system calls", ""), ("faults", "page faults", ""),
                            ("limit_kb", "smallest memory.max", "kB")):
        figure = row["runtimes"].get("rt", {}).get(key)
        wanted = row["jobs"] > 1 if key == "wall_us" else row["scenario"] in ("run", "run-cgroup", "memory")
        if not figure or not (wanted or key == "extra_us"):
            continue
        value = "%.4g %s" % (figure["median"] / (1000 * row["jobs"] if unit == "ms" else 1), unit)
        name = "%s: %s%s" % (row["title"], what, " per container" if row["jobs"] > 1 else "")
        out.append("| %s | %s | %s |" % (name, value.strip(), ratios(row, others, key)))
        if key == "syscalls" and ratio(row, "rt", "floor-fd", key):
            out.append("| %s, to a floor that mounts by descriptors | | %s |%s" % (
                name, ratios(row, ["floor-fd"], key), " - |" * (len(others) - 1)))
    return out


def size_rows(rows, others, facts):
    """Peak memory of rt's own images, and its size."""
    out = []
    for image, what in (("rt", "rt itself"), ("rt-init", "its init inside")):
        kb = peak(rows, "rt", image)
        if kb:
            theirs = [peak(rows, name) if image == "rt" else None for name in others[1:]]
            out.append("| peak memory of %s | %s | - |%s" % (what, limited(kb, targets.PEAK_KB[image]), "".join(
                " %.2f |" % (kb / their) if their else " - |" for their in theirs)))
    if facts["stripped_kb"]:
        out.append("| file of rt without symbols, init included | %s |%s" % (
            limited(facts["stripped_kb"], targets.STRIPPED_KB), " - |" * len(others)))
    return out


def peak(rows, name, image=None):
    """kB of IMAGE, or of the largest that is not the container's program, in a run without a cgroup if there is one."""
    for scenario in ("run", "run-cgroup"):
        for row in rows:
            peaks = row["runtimes"].get(name, {}).get("peak_kb") if row["scenario"] == scenario else None
            if peaks:
                return peaks.get(image) if image else max(kb for key, kb in peaks.items() if key != "busybox")
    return None


def limited(kb, aim):
    return "%d kB" % kb + (" (aim: %d)" % aim if kb > aim else "")


def ratios(row, others, key):
    return " | ".join(ratio_text(row, other, key) for other in others)


def ratio_text(row, other, key):
    value, aim = ratio(row, "rt", other, key), targets.target(row["scenario"], key, other)
    if value is None:
        return "-"
    return "%.2f" % value + (" (aim: %.2f)" % aim if aim is not None and round(value, 2) > aim else "")


def is_missed(rows, names, scenario):
    """Whether CPU or calls of SCENARIO are above what we aim at, to anyone."""
    return any("aim" in ratio_text(row, other, key) for row in rows if row["scenario"] == scenario
               for other in ("floor", "floor-fd", *names) for key in ("cpu_us", "extra_us", "syscalls"))


def put_into(path, mark, text):
    """Replaces what stands between the marks of the file at PATH."""
    begin, end = "<!-- %s: begin -->" % mark, "<!-- %s: end -->" % mark
    old = Path(path).read_text()
    if begin not in old or end not in old:
        raise SystemExit("bench: %s has no lines %s and %s" % (path, begin, end))
    head, rest = old.split(begin, 1)
    Path(path).write_text(head + begin + "\n" + text + end + rest.split(end, 1)[1])
