#!/usr/bin/env bash
# Trains models that restore images, measures what they restore and writes bench/results/quality-restoration.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-restoration and not trained again.
# Usage: bench/quality/restoration.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/restoration)
family=restoration
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Restoring, measured" "Test images; ± is the standard error of the mean over them. Features and the Fréchet distance are by the hidden layer of a classifier of the same data. Times are processor time of training, and seconds of each draw. Written by \`make quality-restoration\`; what the columns mean is in docs/restoring.md."
