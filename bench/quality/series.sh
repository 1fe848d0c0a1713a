#!/usr/bin/env bash
# Measures planning in learned worlds, forecasts and generated series, and writes bench/results/quality-series.md.
# Needs the published series in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-series and not trained again.
# Usage: bench/quality/series.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/series)
family=series
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Series and planning, measured" "Times are processor time of training. Written by \`make quality-series\`; what the columns mean is in docs/planning.md and docs/time-series.md."
