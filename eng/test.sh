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

for project in Likeness.Torch.Tests Likeness.Tests Likeness.Laws Likeness.Cli.Tests; do
    report=$results/$project.trx
    dotnet test "$root/artifacts/bin/$project/release/$project.dll" ${1:+--filter "$1"} --nologo \
        --logger "console;verbosity=minimal" --logger "trx;LogFileName=$project.trx" --results-directory "$results"
    status=$?
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
