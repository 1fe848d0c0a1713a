#!/usr/bin/env bash
# Trains the latent-variable models to their scores and writes bench/results/quality-latent.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-latent and not trained again.
# Usage: bench/quality/latent.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/latent)
family=latent
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Latent-variable models, trained to their scores" "Test splits; ± is the standard error of the mean over the test examples. Times are
processor time of training. Written by \`make quality-latent\`."
