#!/usr/bin/env bash
# Trains the adversarial models to their scores and writes bench/results/quality-adversarial.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-adversarial and not trained again.
# Usage: bench/quality/adversarial.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/adversarial)
family=adversarial
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Adversarial models, trained to their scores" "Test splits unless said; ± is the standard error of the mean over the test examples or draws. Times are processor time of training. Written by \`make quality-adversarial\`."
