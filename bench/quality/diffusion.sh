#!/usr/bin/env bash
# Trains diffusion models, measures them and writes bench/results/quality-diffusion.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-diffusion and not trained again.
# Usage: bench/quality/diffusion.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/diffusion)
family=diffusion
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Diffusion models, trained to their scores" "Test splits unless said; ± is the standard error of the mean over test examples or the bootstrap's deviation over samples. Times are processor time of training. Written by \`make quality-diffusion\`."
