#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes ./configure from configure.ac.  Needs autoconf, automake and pkg-config (its m4 macros).
set -e
cd "$(dirname "$0")"
for tool in autoreconf automake aclocal; do
	if ! command -v "$tool" >/dev/null 2>&1; then
		echo "autogen.sh: $tool is missing (packages autoconf and automake)" >&2
		exit 1
	fi
done
mkdir -p build-aux
exec autoreconf --force --install --warnings=all,no-portability
