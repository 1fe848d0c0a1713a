#!/bin/sh
# Brings a machine to where the build works: Debian packages, the right OpenBLAS, the native library. Does nothing twice.
#
#   eng/setup.sh [PACKAGE ...]     extra packages to install as well
#   LIKENESS_LIBTORCH=DIR          an unpacked pytorch.org archive or the torch folder of a pip installation, instead of Debian's libtorch
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

say() { printf 'setup: %s\n' "$1" >&2; }
fail() { say "$1"; exit 1; }

# Prints how to become root ("env" when we are), or fails.
as_root() {
    if [ "$(id -u)" = 0 ]; then echo env
    elif sudo -n true 2>/dev/null; then echo sudo -n
    elif [ -t 0 ] && command -v sudo >/dev/null; then echo sudo
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

install_packages() {
    missing=$(missing_packages "$@" | tr '\n' ' ' | sed 's/ $//')
    [ -n "$missing" ] || return 0
    command="apt-get update && apt-get install -y --no-install-recommends $missing"
    sudo=$(as_root) || fail "these packages are missing; as root, run: $command"
    say "installing $missing"
    log=$root/artifacts/apt.log
    # shellcheck disable=SC2086 # $missing and $sudo are lists of words
    if ! { $sudo apt-get -o DPkg::Lock::Timeout=300 -q update &&
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends $missing; } >"$log" 2>&1
    then
        tail -n 20 "$log" >&2
        fail "apt-get failed (see above, all of it in $log); once mended, run: $command"
    fi
}

# OpenBLAS with threads of its own and libtorch with OpenMP's fight for the processors; only the OpenMP flavour shares them.
choose_openblas() {
    command -v update-alternatives >/dev/null || return 0
    update-alternatives --get-selections | grep -E '^lib(openblas\.so\.0|blas\.so\.3|lapack\.so\.3)-' |
    while read -r name mode value; do
        case $value in */openblas-openmp/*) continue ;; esac
        wanted=$(update-alternatives --list "$name" | grep /openblas-openmp/ || true)
        if [ "$mode" = auto ] && [ -n "$wanted" ] && sudo=$(as_root); then
            say "pointing $name to $wanted"
            $sudo update-alternatives --set "$name" "$wanted" >/dev/null
        else
            say "$name is $value; OpenBLAS's openmp flavour is faster here (update-alternatives --config $name)"
        fi
    done
}

build_native() {
    build=$root/artifacts/native/build
    libtorch=${LIKENESS_LIBTORCH:-}
    if [ -n "$libtorch" ]; then
        libtorch=$(CDPATH='' cd -- "$libtorch" 2>/dev/null && pwd) || fail "LIKENESS_LIBTORCH names $LIKENESS_LIBTORCH, which is not a folder"
        [ -e "$libtorch/lib/libtorch.so" ] || fail "LIKENESS_LIBTORCH names $libtorch, where there is no lib/libtorch.so; name a folder with include/ and lib/"
    fi
    # Found libraries stick in CMake's cache, so another libtorch or another place starts afresh.
    settings="$root $libtorch"
    if [ ! -e "$build/build.ninja" ] || [ "$(cat "$build/settings" 2>/dev/null)" != "$settings" ]; then
        rm -rf "$build"
        mkdir -p "$build"
        cmake -S "$root/native" -B "$build" -G Ninja -DLIKENESS_LIBTORCH="$libtorch" \
            -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$root/artifacts/native" >"$build/cmake.log" 2>&1 ||
            { cat "$build/cmake.log" >&2; fail "the native library could not be configured (see above)"; }
        printf '%s\n' "$settings" >"$build/settings"
    fi
    case $(ninja -C "$build" -n) in *"no work to do"*) return 0 ;; esac
    say "building the native library (less than a minute)"
    ninja -C "$build" >"$build/ninja.log" 2>&1 ||
        { cat "$build/ninja.log" >&2; fail "the native library could not be built (see above)"; }
}

mkdir -p "$root/artifacts"
command -v dotnet >/dev/null || fail "the .NET 10 SDK is not installed: see https://dotnet.microsoft.com/download"
packages="libpng-dev libturbojpeg0-dev cmake ninja-build g++ dataset-fashion-mnist"
[ -n "${LIKENESS_LIBTORCH:-}" ] || packages="libtorch-dev libopenblas0-openmp $packages"
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086
    install_packages $packages "$@"
    [ -n "${LIKENESS_LIBTORCH:-}" ] || choose_openblas
else
    for tool in cmake ninja c++; do
        command -v $tool >/dev/null ||
            fail "$tool is missing, and only Debian's packages are installed by themselves; install cmake, ninja, a C++17 compiler, libpng and TurboJPEG with headers, and set LIKENESS_LIBTORCH"
    done
fi
build_native
