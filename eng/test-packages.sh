#!/bin/sh
# Tries the packages of `make pack` as a new user would: in an empty folder, without rights, with a home and a package folder of its own.
#
#   eng/test-packages.sh [FOLDER]     where the packages are (default: artifacts/packages)
#
# Started as root, it goes on as a user without rights. Network: the packages' dependencies are restored from wherever NuGet is set up to look.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
packages=${1:-$root/artifacts/packages}

if [ -z "${LIKENESS_TRY:-}" ]; then
    LIKENESS_TRY=$(mktemp -d)
    export LIKENESS_TRY
    trap 'rm -rf "$LIKENESS_TRY"' EXIT
    trap 'exit 130' INT TERM
    mkdir "$LIKENESS_TRY/packages" "$LIKENESS_TRY/home" "$LIKENESS_TRY/tmp"
    cp "$packages"/*.nupkg "$LIKENESS_TRY/packages"
    cp "$root/samples/Density/Program.cs" "$LIKENESS_TRY/Density.cs"
    cp "$0" "$LIKENESS_TRY/try.sh"
    as_user=
    if [ "$(id -u)" = 0 ]; then
        chown -R 65534:65534 "$LIKENESS_TRY"
        as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    fi
    cd "$LIKENESS_TRY"
    $as_user env HOME="$LIKENESS_TRY/home" DOTNET_CLI_HOME="$LIKENESS_TRY/home" TMPDIR="$LIKENESS_TRY/tmp" LIKENESS_DATA= XDG_CACHE_HOME= \
        DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 sh "$LIKENESS_TRY/try.sh"
    exit
fi

say() { printf '\n== %s\n' "$*"; }
quietly() { "$@" >"$LIKENESS_TRY/log" 2>&1 || { cat "$LIKENESS_TRY/log" >&2; return 1; }; }
unset NUGET_PACKAGES
version=$(ls packages | sed -n 's/^Likeness\.\([0-9].*\)\.nupkg$/\1/p')
[ -n "$version" ] || { echo "test-packages: there is no Likeness package; run \`make pack\` first" >&2; exit 1; }

say "as $(id -un 2>/dev/null || id -u): dotnet add package Likeness $version"
quietly dotnet new console -n Density
cd Density
quietly dotnet new nugetconfig
quietly dotnet nuget add source "$LIKENESS_TRY/packages" -n packed --configfile nuget.config
quietly dotnet add package Likeness --version "$version"
quietly dotnet add package libtorch-cpu-linux-x64 --version 2.10.0
cp ../Density.cs Program.cs
quietly dotnet build -c Release
dotnet run -c Release --no-build
[ -s runs/density/samples.png ]

say "TorchSharp before anything of Likeness"
cat >Program.cs <<'PROGRAM'
var x = TorchSharp.torch.rand(2, 3, requires_grad: true);
x.mul(x).sum().backward();
System.Console.WriteLine(x.grad!.sub(x.mul(2)).abs().max().item<float>());
PROGRAM
quietly dotnet build -c Release
[ "$(dotnet run -c Release --no-build)" = 0 ]

say "dotnet tool install Likeness.Tool $version"
quietly dotnet tool install Likeness.Tool --version "$version" --tool-path "$LIKENESS_TRY/tools"
cd "$LIKENESS_TRY"
likeness=$LIKENESS_TRY/tools/likeness
"$likeness" train nade --data shapes-grey --protocol dynamic --steps 100 --out run
"$likeness" sample run --count 16
"$likeness" evaluate run
say "the packages work"
