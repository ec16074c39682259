#!/bin/sh
# install-deps.sh [SECTION...]: installs what is missing of these sections of deps.txt
# (default: build). Says nothing and needs no rights when nothing is missing.
set -eu

list=$(dirname "$0")/deps.txt

# packages_of SECTION: the names, one a line
packages_of() {
	awk -v want="[$1]" '
		{ sub(/#.*/, "") }
		NF == 0 { next }
		/^\[/ { inside = $1 == want; found = found || inside; next }
		inside { print $1 }
		END { exit !found }' "$list" || {
		echo "install-deps.sh: no section [$1] in $list" >&2
		return 64
	}
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if [ $# -eq 0 ]; then
	set -- build
fi
wanted=
for section in "$@"; do
	names=$(packages_of "$section")
	wanted="$wanted $names"
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "install-deps.sh: this is not Debian; install by hand what goes by these names there:" $wanted >&2
	exit 0
fi

missing=
for name in $wanted; do
	case " $missing " in *" $name "*) continue ;; esac
	is_installed "$name" || missing="$missing $name"
done
if [ -z "$missing" ]; then
	exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
	echo "install-deps.sh: missing packages; as root, run:" >&2
	echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
	exit 77
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update </dev/null ||
	echo "install-deps.sh: apt-get update failed; trying with the old lists" >&2
if ! apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends \
	$missing </dev/null; then
	echo "install-deps.sh: apt-get could not install:$missing" >&2
	exit 69
fi
