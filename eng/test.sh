#!/bin/sh
# Runs the built test projects and closes with one line: "N passed, N failed, N skipped".
#
#   eng/test.sh [FILTER]     a filter of dotnet test, such as Category!=Long
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
results=$root/artifacts/test-results
rm -rf "$results"
passed=0 failed=0 skipped=0

# counter NAME FILE: an attribute of a result file's <Counters>.
counter() { sed -n "s/.*<Counters.*[ ]$1=\"\([0-9]*\)\".*/\1/p" "$2"; }

# run PROJECT [FILTER]
run() {
    dotnet test "$root/artifacts/bin/$1/release/$1.dll" ${2:+--filter "$2"} --nologo \
        --logger "console;verbosity=minimal" --logger "trx;LogFileName=$1.trx" --results-directory "$results"
}

# The laws use one thread, so they run beside the others. An interrupt ends both.
mkdir -p "$results"
run Likeness.Laws ${1:+"$1"} > "$results/laws.log" 2>&1 &
laws=$!
trap 'trap - TERM; kill 0' INT TERM

for project in Likeness.Torch.Tests Likeness.Tests Likeness.Cli.Tests Likeness.Laws; do
    report=$results/$project.trx
    if [ $project = Likeness.Laws ]; then
        wait $laws
        status=$?
        cat "$results/laws.log"
    else
        run $project ${1:+"$1"}
        status=$?
    fi
    failures=0
    if [ -e "$report" ]; then
        failures=$(counter failed "$report")
        passed=$((passed + $(counter passed "$report")))
        # Skipped tests count as total but not as executed.
        skipped=$((skipped + $(counter total "$report") - $(counter executed "$report")))
    fi
    if [ $status != 0 ] && [ "$failures" = 0 ]; then
        echo "$project: the test run broke off with status $status." >&2
        failures=1
    fi
    failed=$((failed + failures))
done

# The names once more, below everything else that was printed.
sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/failed: \1/p' "$results"/*.trx 2>/dev/null
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]
