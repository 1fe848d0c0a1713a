#!/usr/bin/env bash
# Trains models privately at several budgets beside plain ones, measures and attacks them, and writes bench/results/quality-privacy.md.
# Needs the published sets in LIKENESS_DATA (see docs/data.md). Finished runs are kept under runs/quality-privacy and not trained again.
# Usage: bench/quality/privacy.sh [SECTION …]   (all sections: every section_… of the files in bench/quality/privacy)
family=privacy
# shellcheck source=bench/quality/common.sh
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # one word per section
run_sections $(declare -F | sed -n 's/^declare -f section_//p') -- "$@"
write_report "Privacy, measured" "± is the standard error of the mean over the test examples. ε is an upper bound at δ = 1e-5 (add or remove one example), as the run's ledger has it. Written by \`bench/quality/privacy.sh\`; what the columns mean is in docs/private-data.md."
