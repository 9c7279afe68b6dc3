# SPDX-License-Identifier: Apache-2.0
"""The plot of what bench has measured."""
from pathlib import Path

from report import ratio, short_version

COLOURS = ("#2a6fbb", "#d98c21", "#8a8a8a", "#c06ba5", "#4f9a5b", "#7a6a4f")


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
