#!/bin/sh
# Runs the built test projects and closes with one line: "N passed, N failed, N skipped".
#
#   eng/test.sh [FILTER]     a filter of dotnet test, such as Category!=Long
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
results=$root/artifacts/test-results

# eng/test.sh --job JOB [FILTER]: one of the jobs below. Its output is shown when it ends, so that those of two jobs do not mix.
if [ "${1:-}" = --job ]; then
    job=$2 filter=${3:-}
    case $job in
        Likeness.Laws.resuming) project=Likeness.Laws part='FullyQualifiedName~ResumeLaws|FullyQualifiedName~PrivacyLaws' ;;
        Likeness.Laws.memory) project=Likeness.Laws part='FullyQualifiedName~MemoryLaws' ;;
        Likeness.Laws.others) project=Likeness.Laws part='FullyQualifiedName!~ResumeLaws&FullyQualifiedName!~PrivacyLaws&FullyQualifiedName!~MemoryLaws' ;;
        *) project=$job part= ;;
    esac
    # What these count is bounded for as many threads as operators have by themselves; they take half a minute.
    [ $project != Likeness.Torch.Tests ] || unset OMP_NUM_THREADS
    [ -z "$part" ] || filter="${filter:+($filter)&}($part)"
    dotnet test "$root/artifacts/bin/$project/release/$project.dll" ${filter:+--filter "$filter"} --nologo \
        --logger "console;verbosity=minimal" --logger "trx;LogFileName=$job.trx" --results-directory "$results" \
        -- xUnit.MaxParallelThreads=1 > "$results/$job.log" 2>&1
    echo $? > "$results/$job.status"
    cat "$results/$job.log"
    exit 0
fi

rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0

# counter NAME FILE: an attribute of a result file's <Counters>.
counter() { sed -n "s/.*<Counters.*[ ]$1=\"\([0-9]*\)\".*/\1/p" "$2"; }

# Every job runs on one thread, and as many at a time as there are processors, up to four: two threads of each beside another job wait for each other most of
# the time. The longest jobs come first, so that the last to end do so together. xargs leaves interrupts as they are, which a test of them needs.
lanes=$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
[ "$lanes" -le 4 ] || lanes=4
# Most code runs a few times only, which does not repay watching it to compile it again.
export OMP_NUM_THREADS=1 DOTNET_TieredPGO=0
printf '%s\n' Likeness.Tests Likeness.Laws.others Likeness.Cli.Tests Likeness.Laws.memory Likeness.Laws.resuming Likeness.Torch.Tests |
    xargs -P "$lanes" -I JOB "$0" --job JOB ${1:+"$1"}

for log in "$results"/*.log; do
    job=$(basename "$log" .log)
    report=$results/$job.trx
    failures=0
    if [ -e "$report" ]; then
        failures=$(counter failed "$report")
        passed=$((passed + $(counter passed "$report")))
        # Skipped tests count as total but not as executed.
        skipped=$((skipped + $(counter total "$report") - $(counter executed "$report")))
    fi
    status=$(cat "$results/$job.status" 2>/dev/null)
    if [ "$status" != 0 ] && [ "$failures" = 0 ]; then
        echo "$job: the test run broke off with status ${status:-unknown}." >&2
        failures=1
    fi
    failed=$((failed + failures))
done

# The names once more, below everything else that was printed.
sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/failed: \1/p' "$results"/*.trx 2>/dev/null
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]
