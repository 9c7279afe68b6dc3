# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What rt needs, by distribution.  Source this; deps_install GROUP... installs what is missing of these groups.

# One row for each need: group | Debian, Ubuntu | Fedora | Alpine | Arch.  "-" where there is no package of its own.
deps_table='
build | gcc libc6-dev make       | gcc glibc-devel make       | gcc musl-dev make        | gcc make
build | binutils                 | binutils                   | binutils                 | binutils
build | autoconf automake        | autoconf automake          | autoconf automake        | autoconf automake
build | pkg-config               | pkgconf-pkg-config         | pkgconf                  | pkgconf
build | linux-libc-dev           | kernel-headers             | linux-headers            | linux-api-headers
build | libyajl-dev              | yajl-devel                 | yajl-dev yajl-static     | yajl
build | libseccomp-dev           | libseccomp-devel           | libseccomp-dev           | libseccomp
build | libsystemd-dev           | systemd-devel              | -                        | systemd-libs
build | musl-tools               | musl-gcc musl-libc-static  | -                        | musl kernel-headers-musl
demo  | busybox-static           | busybox                    | busybox-static           | busybox
debian| mmdebstrap               | mmdebstrap                 | mmdebstrap               | mmdebstrap
test  | libcmocka-dev            | libcmocka-devel            | cmocka-dev               | cmocka
test  | bats                     | bats                       | bats                     | bash-bats
test  | busybox-static           | busybox                    | busybox-static           | busybox
test  | jq                       | jq                         | jq                       | jq
test  | uidmap                   | shadow-utils               | shadow-uidmap            | shadow
test  | procps util-linux        | procps-ng util-linux       | procps util-linux        | procps-ng util-linux
test  | iproute2 libcap2-bin     | iproute libcap             | iproute2 libcap-utils    | iproute2 libcap
test  | clang libclang-rt-dev    | clang compiler-rt          | clang compiler-rt        | clang compiler-rt
test  | llvm                     | llvm                       | llvm                     | llvm
test  | git xz-utils             | git xz                     | git xz                   | git xz
test  | strace mandoc            | strace mandoc            | strace mandoc            | strace mandoc
test  | valgrind                 | valgrind                 | valgrind                 | valgrind
test  | mmdebstrap               | mmdebstrap               | mmdebstrap               | mmdebstrap
peers | python3 runc crun        | python3 runc crun          | python3 runc crun        | python runc crun
guest | mmdebstrap e2fsprogs     | -                        | -                        | -
guest | qemu-system-x86          | -                        | -                        | -
lint  | clang-tidy clang-format  | clang-tools-extra          | clang-extra-tools        | clang
lint  | cppcheck shellcheck      | cppcheck ShellCheck        | cppcheck shellcheck      | cppcheck shellcheck
'

# The column of this distribution, and how packages are asked for and installed.
deps_column() {
	local id like
	# shellcheck disable=SC1091 # not ours
	id=$(. /etc/os-release && echo "$ID")
	# shellcheck disable=SC1091
	like=$(. /etc/os-release && echo "${ID_LIKE-}")
	case " $id $like " in
	*" debian "* | *" ubuntu "*) echo 2 ;;
	*" fedora "* | *" rhel "*) echo 3 ;;
	*" alpine "*) echo 4 ;;
	*" arch "*) echo 5 ;;
	*) return 1 ;;
	esac
}

deps_is_installed() { # COLUMN PACKAGE
	case $1 in
	2) [ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null)" = installed ] ;;
	3) rpm -q --quiet --whatprovides "$2" ;;
	4) apk info -e "$2" >/dev/null ;;
	5) pacman -Q "$2" >/dev/null 2>&1 ;;
	esac
}

deps_fetch() { # COLUMN PACKAGE...
	local column=$1
	shift
	case $column in
	2)
		export DEBIAN_FRONTEND=noninteractive
		# The package lists of a fresh machine are missing, those of an old one name what is gone.
		apt-cache show "$@" >/dev/null 2>&1 || apt-get update -q
		if ! apt-get install -q -y --no-install-recommends "$@" </dev/null; then
			apt-get update -q && apt-get install -q -y --no-install-recommends "$@" </dev/null
		fi
		;;
	3) dnf install -y --setopt=install_weak_deps=False "$@" ;;
	4) apk add --no-progress "$@" ;;
	5) pacman -Sy --needed --noconfirm "$@" ;;
	esac
}

# The packages of GROUP... that are missing here, on one line, some perhaps twice.
deps_missing() {
	local column group line_group package packages
	column=$(deps_column) || return 1
	for group in "$@"; do
		while IFS='|' read -r -a fields; do
			[ "${#fields[@]}" -ge 5 ] || continue
			line_group=${fields[0]// /}
			[ "$line_group" = "$group" ] || continue
			read -r -a packages <<<"${fields[column - 1]}"
			for package in "${packages[@]}"; do
				[ "$package" = - ] || deps_is_installed "$column" "$package" || printf '%s ' "$package"
			done
		done <<<"$deps_table"
	done
}

# Installs what is missing of GROUP...; says what.  As root only.
deps_install() {
	local missing packages
	if ! missing=$(deps_missing "$@"); then
		echo "this distribution is not known here: install the dependencies of README.md by hand" >&2
		return 0
	fi
	read -r -a packages <<<"$missing"
	if [ "${#packages[@]}" -eq 0 ]; then
		echo "all packages are there"
	elif [ "$(id -u)" -ne 0 ]; then
		echo "missing packages (root could install them): ${packages[*]}" >&2
		return 1
	else
		echo "installing: ${packages[*]}"
		deps_fetch "$(deps_column)" "${packages[@]}"
	fi
}
