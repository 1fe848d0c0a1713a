#!/usr/bin/env bash
# Trains the models that translate images to their scores and writes bench/results/quality-translation.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-translation and not trained again.
# Usage: bench/quality/translation.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/translation)
family=translation
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Image to image, trained to scores" "Test splits unless said; ± is the standard error of the mean over the test examples. Times are processor time of training. Written by \`make quality-translation\`."
