#!/usr/bin/env bash
# Trains models of mixed tables, measures them and writes bench/results/quality-tables.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-tables and not trained again.
# Usage: bench/quality/tables.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/tables)
family=tables
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Mixed tables, trained to their scores" "Test splits. Times are processor time of training. Written by \`make quality-tables\`."
