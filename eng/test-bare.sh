#!/bin/sh
# Runs a published program on bare systems, as a user without rights: no libtorch, no OpenMP, no compiler, nothing but .NET's runtime and the
# OpenSSL that this needs is added.
#
#   eng/test-bare.sh FOLDER PROGRAM [ARGUMENT ...]     FOLDER/PROGRAM.dll, published with `dotnet publish`, or the tool's package, unpacked
#   LIKENESS_SUITES="bookworm trixie"                  the Debian releases
#   LIKENESS_BARE=/var/tmp                             where the systems are kept; nothing is done twice
#
# Needs root (debootstrap, chroot). What the program wrote into its cache is listed after it.
set -eu
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "test-bare: making a system of its own needs root" >&2; exit 1; }
program=$(CDPATH='' cd -- "$1" && pwd)
name=$2
shift 2
dotnet=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10\.[^ ]*\).*/\1/p' | tail -n 1)

install() {
    [ ! -e "$system/.complete" ] || return 0
    command -v debootstrap >/dev/null || { apt-get -q update >&2; apt-get -q install -y debootstrap >&2; }
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -m1 'debian/*$')
    debootstrap --variant=minbase --include=openssl "$suite" "$system" "$mirror" >"$system.log" 2>&1 || { tail -n 5 "$system.log" >&2; exit 1; }
    touch "$system/.complete"
}

release() {
    for place in proc opt/dotnet opt/program; do
        ! mountpoint -q "$system/$place" || umount "$system/$place"
    done
}

status=0
for suite in ${LIKENESS_SUITES:-bookworm trixie}; do
    system=${LIKENESS_BARE:-/var/tmp}/likeness-$suite
    mkdir -p "$system"
    install
    release
    trap release EXIT
    mkdir -p "$system/proc" "$system/opt/dotnet" "$system/opt/program"
    mount -t proc proc "$system/proc"
    mount --bind -o ro "$dotnet" "$system/opt/dotnet"
    mount --bind -o ro "$program" "$system/opt/program"
    rm -rf "$system/home/somebody"
    mkdir -p "$system/home/somebody"
    chown 65534:65534 "$system/home/somebody"
    echo "== Debian $(cat "$system/etc/debian_version") ($suite), runtime $runtime"
    chroot --userspec=65534:65534 "$system" env -i HOME=/home/somebody PATH=/usr/bin:/bin DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
        /opt/dotnet/dotnet exec "/opt/program/$name.dll" "$@" || { echo "exit code $?" >&2; status=1; }
    (cd "$system/home/somebody" && find . -type f | sed 's/^/wrote /')
    release
done
exit $status
