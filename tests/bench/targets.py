# SPDX-License-Identifier: Apache-2.0
"""What rt is to cost at most: ratios of medians to the floor, to crun from 1.28 on and to runc, by scenario and figure.

extra_us is what a host with many mounts adds to the CPU of a run; syscalls are held against the floor that mounts by
descriptors, as rt does, where there is one.
"""

TARGETS = {
    ("run", "cpu_us"): {"floor": 1.8, "crun": 0.45, "runc": 0.12},
    ("run-cgroup", "cpu_us"): {"floor": 1.8, "crun": 0.45, "runc": 0.12},
    ("seccomp", "cpu_us"): {"floor": 1.8, "crun": 0.40, "runc": 0.09},
    ("seccomp-first", "cpu_us"): {"crun": 1.0, "runc": 0.5},
    ("life", "cpu_us"): {"floor": 2.2, "crun": 0.36, "runc": 0.15},
    ("exec", "cpu_us"): {"floor": 2.0, "crun": 0.32, "runc": 0.08},
    ("state", "cpu_us"): {"floor": 4.0, "crun": 0.22, "runc": 0.12},
    ("kill", "cpu_us"): {"floor": 4.0, "crun": 0.22, "runc": 0.12},
    ("list", "cpu_us"): {"floor": 2.0, "crun": 0.30, "runc": 0.05},
    ("parallel-8", "wall_us"): {"floor": 1.7, "crun": 0.50, "runc": 0.12},
    ("host-mounts", "extra_us"): {"floor": 1.2, "crun": 0.7, "runc": 0.3},
    ("memory", "limit_kb"): {"floor": 1.25, "crun": 0.75, "runc": 0.35},
    ("run", "syscalls"): {"floor-fd": 1.7, "crun": 0.35, "runc": 0.08},
    ("run-cgroup", "syscalls"): {"floor-fd": 1.7, "crun": 0.35, "runc": 0.08},
}

# Sizes in kB: peak memory of the images that rt and its init are, and rt's file without symbols.
PEAK_KB = {"rt": 1536, "rt-init": 200}
STRIPPED_KB = 400


def target(scenario, key, base):
    """The largest ratio to BASE, a floor or the name of a peer, that is aimed at; None: none is."""
    family = base if base.startswith("floor") else base[:4]
    return TARGETS.get((scenario, key), {}).get(family)
