#!/bin/sh
# Says what a build needs, and installs Debian packages that something more needs. Does nothing twice.
#
#   eng/setup.sh                       checks that the .NET SDK is here; a build needs nothing else
#   eng/setup.sh PACKAGE ...           installs these packages, or says what to run
#   eng/setup.sh --if-possible PACKAGE ...   installs them where nobody has to be asked, else does without
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
wish=no
[ "${1:-}" != --if-possible ] || { wish=yes; shift; }

say() { printf 'setup: %s\n' "$1" >&2; }
fail() {
    [ $wish = no ] || exit 0
    say "$1"
    exit 1
}

# Prints how to become root ("env" when we are), or fails.
as_root() {
    if [ "$(id -u)" = 0 ]; then echo env
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then echo sudo -n
    elif [ $wish = no ] && [ -t 0 ] && command -v sudo >/dev/null; then echo sudo
    else return 1
    fi
}

missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) in
            installed) ;;
            *) echo "$package" ;;
        esac
    done
}

command -v dotnet >/dev/null || { wish=no; fail "the .NET 10 SDK is not installed: see https://dotnet.microsoft.com/download"; }
[ $# -gt 0 ] || exit 0
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail "these are Debian's packages, which this system does not have: $*"
fi
missing=$(missing_packages "$@" | tr '\n' ' ' | sed 's/ $//')
[ -n "$missing" ] || exit 0
command="apt-get update && apt-get install -y --no-install-recommends $missing"
sudo=$(as_root) || fail "these packages are missing; as root, run: $command"
say "installing $missing"
mkdir -p "$root/artifacts"
log=$root/artifacts/apt.log
# shellcheck disable=SC2086 # $missing and $sudo are lists of words
if ! { $sudo apt-get -o DPkg::Lock::Timeout=300 -q update &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends $missing; } >"$log" 2>&1
then
    [ $wish = yes ] || tail -n 20 "$log" >&2
    fail "apt-get failed (see above, all of it in $log); once mended, run: $command"
fi
