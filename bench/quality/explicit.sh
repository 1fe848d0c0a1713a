#!/usr/bin/env bash
# Trains the explicit models to their scores and writes bench/results/quality-explicit.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-explicit and not trained again.
# Usage: bench/quality/explicit.sh [SECTION …]   (all sections: see below; the pixel models take 40 minutes each)
family=explicit
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

run_sections trees gaussian small orderless real digits pixels colour sampling compression anomalies -- "$@"
write_report "Explicit models, trained to their scores" "Test splits; ± is the standard error of the mean over the test examples (over folds where there are
ten). Times are processor time of training: forty minutes on two cores are 4800 s. Written by \`make quality-explicit\`."
