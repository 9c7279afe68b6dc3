# SPDX-License-Identifier: Apache-2.0
"""What bench has measured, as rows with medians and quartiles, and these as text, Markdown and a plot."""
import re
import statistics
import textwrap
from pathlib import Path

FIGURES = ("cpu_us", "wall_us", "faults", "syscalls", "limit_kb")
COLOURS = ("#2a6fbb", "#d98c21", "#8a8a8a", "#c06ba5", "#4f9a5b", "#7a6a4f")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def summarise(session, chosen):
    rows = []
    for scenario in chosen:
        row = {"scenario": scenario.name, "title": scenario.title, "jobs": scenario.jobs, "runtimes": {}}
        for name in ["floor", *(r.name for r in session.runtimes)]:
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
    return rows


def ratio(row, name, base, key):
    ours, theirs = row["runtimes"].get(name, {}).get(key), row["runtimes"].get(base, {}).get(key)
    return ours["median"] / theirs["median"] if ours and theirs and theirs["median"] else None


def cell(value):
    return "%8.2f" % value if value is not None else "       -"


def print_table(rows, names):
    others = [name for name in ["floor", *names] if name != "rt"]
    for key, what in (("cpu_us", "CPU, all processes"), ("wall_us", "wall"), ("faults", "page faults"),
                      ("syscalls", "system calls"), ("limit_kb", "smallest memory.max, kB")):
        if not any(key in row["runtimes"].get("rt", {}) for row in rows):
            continue
        print("\n%s: rt's median, its quartiles, and what it is to" % what)
        print("%-46s %10s %19s" % ("", "rt", "") + "".join("%9s" % name for name in others))
        for row in rows:
            figure = row["runtimes"].get("rt", {}).get(key)
            if not figure:
                continue
            per = row["jobs"] if key == "wall_us" else 1
            print("%-46s %10.0f %19s" % (row["title"], figure["median"] / per, "%.0f..%.0f" % (
                figure["p25"] / per, figure["p75"] / per)) + "".join(" " + cell(ratio(row, "rt", other, key))
                                                                    for other in others))
    print("\nPeak memory (VmHWM, kB) of each image")
    for row in rows:
        for name in names:
            peaks = row["runtimes"].get(name, {}).get("peak_kb")
            if peaks and row["scenario"] in ("run", "exec", "state"):
                print("%-46s %-6s %s" % (row["title"], name, ", ".join("%s %d" % item for item in peaks.items())))
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
    others = [name for name in ["floor", *names] if name != "rt"]
    title = {name: short_version(facts["versions"].get(name, "the floor")) for name in others}
    text = ("%s, %s; %s. Medians of %d rounds, in brackets the quartiles. The other columns are rt's median divided by "
            "that of the other one in the same session: 0.30 is less than a third." % (
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
    for key, what, unit in (("wall_us", "wall time", "ms"), ("syscalls", "system calls", ""),
                            ("faults", "page faults", ""), ("limit_kb", "smallest memory.max", "kB")):
        for row in rows:
            figure = row["runtimes"].get("rt", {}).get(key)
            wanted = row["jobs"] > 1 if key == "wall_us" else row["scenario"] in ("run", "run-cgroup", "memory")
            if figure and wanted:
                value = figure["median"] / (1000 * row["jobs"] if unit == "ms" else 1)
                out.append("| %s: %s%s | %s | %s |" % (
                    row["title"], what, " per container" if row["jobs"] > 1 else "",
                    ("%.4g %s" % (value, unit)).strip(), ratios(row, others, key)))
    out += ["", *("Left out: %s, %s: %s." % left for left in left_out(rows))] if left_out(rows) else []
    return "\n".join(out) + "\n"


def ratios(row, others, key):
    values = (ratio(row, "rt", other, key) for other in others)
    return " | ".join("%.2f" % value if value is not None else "-" for value in values)


def put_into(path, text):
    """Replaces what stands between the marks of the file at PATH."""
    old = Path(path).read_text()
    if BEGIN not in old or END not in old:
        raise SystemExit("bench: %s has no lines %s and %s" % (path, BEGIN, END))
    head, rest = old.split(BEGIN, 1)
    Path(path).write_text(head + BEGIN + "\n" + text + END + rest.split(END, 1)[1])


def write_svg(path, rows, names, versions):
    """Bars: CPU of each runtime as a multiple of the floor's."""
    colours = dict(zip(names, COLOURS))
    bars = [(row["title"], name, ratio(row, name, "floor", "cpu_us")) for row in rows for name in names]
    bars = [bar for bar in bars if bar[2] is not None]
    if not bars:
        return
    width, left, step, scale = 900, 300, 18, 480 / max(bar[2] for bar in bars)
    out, y, last = [], 62, None
    out.append('<text x="10" y="42">%s</text>' % "; ".join(map(short_version, versions.values())))
    for title, name, value in bars:
        if title != last:
            y += 10
            out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (left - 8, y + 12, title))
            last = title
        out.append('<rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/>' % (
            left, y, value * scale, colours.get(name, "#444")))
        out.append('<text x="%.1f" y="%d">%s %.1f</text>' % (left + value * scale + 5, y + 12, name, value))
        y += step
    out.append('<line x1="%.1f" x2="%.1f" y1="60" y2="%d" stroke="#333" stroke-dasharray="3 3"/>' % (
        left + scale, left + scale, y))
    Path(path).write_text(
        '<!-- SPDX-License-Identifier: Apache-2.0 -->\n'
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">\n'
        '<rect width="100%%" height="100%%" fill="white"/>\n'
        '<text x="10" y="22" font-size="15">CPU of all processes, as a multiple of the kernel\'s own floor</text>\n'
        '%s\n</svg>\n' % (width, y + 16, "\n".join(out)))
