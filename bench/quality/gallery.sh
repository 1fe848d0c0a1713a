#!/usr/bin/env bash
# Trains small runs of every kind and draws them: docs/gallery.md, docs/images/gallery/*.png. Some three hours on two cores.
# Sets that are not at hand are left out and named (LIKENESS_DATA: docs/data.md). Finished runs are kept under runs/gallery and not trained again; each
# picture is on the page as soon as it is made, so the script can be stopped and started again.
# Usage: bench/quality/gallery.sh [SECTION …]   (all: the functions section_… of bench/quality/gallery/*.sh)
#   LIKENESS_COMMAND           the command that is run (default: ./likeness)
#   LIKENESS_GALLERY_THREADS   threads of each training (default: 2)
#   LIKENESS_GALLERY_TRAIN     the names of the runs that may be trained (default: all; "none" draws what has been trained)
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
work=${LIKENESS_QUALITY_RUNS:-runs/gallery}
likeness=${LIKENESS_COMMAND:-./likeness}
threads=${LIKENESS_GALLERY_THREADS:-2}
images=docs/images/gallery
mkdir -p "$work/parts" "$images"
sections=(counts densities points latent adversarial diffusion translation restoring series tables tour)

# What each run was trained by, as a reader would type it, and whether it is there.
declare -A typed=() there=()
order=()
listing=yes

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

# shown WORDS…: words as they are typed, with the paths of this machine left out.
shown() {
    local word line=
    for word in "$@"; do
        word=${word//"$work/"/runs/}
        [ -z "${LIKENESS_DATA:-}" ] || word=${word//"${LIKENESS_DATA%%:*}"/\$LIKENESS_DATA}
        [[ $word =~ ^[A-Za-z0-9_./:=,+%@\$-]+$ ]] || word="'$word'"
        line+=" $word"
    done
    printf '%s' "${line# }"
}

# learn RUN MODEL --data NAME ARGUMENTS…: trains unless this very training is done.
learn() {
    local name=$1 run=$work/$1 TIMEFORMAT='%U %S' quiet=()
    shift
    typed[$name]="likeness train $(shown "$@") --out runs/$name"
    [ $listing = no ] || return 0
    if [ "$(cat "$run.command" 2>/dev/null)" != "$*" ]; then
        [[ " ${LIKENESS_GALLERY_TRAIN:-$name} " == *" $name "* ]] || return 0
        # A set that is not here is no failure.
        if ! "$likeness" data info "${3%%::*}" >/dev/null 2>&1; then
            say "$name: left out, '$3' is not at hand"
            return 0
        fi
        say "$name: train $*"
        # Few trainings show pictures of themselves.
        [[ " $* " == *" --grids "* ]] || quiet=(--grids 0)
        if ! { time "$likeness" train "$@" --threads "$threads" --out "$run" --force "${quiet[@]}" >"$run.log" 2>&1; } 2>"$run.time"; then
            say "$name: $(tail -n 1 "$run.log")"
            return 0
        fi
        awk '{ printf "%.0f\n", $1 + $2 }' "$run.time" >"$run.seconds"
        rm "$run.time"
        echo "$*" >"$run.command"
    fi
    there[$name]=yes
}

# show PICTURE CAPTION ARGUMENTS…: draws by a command in which @RUN is the folder of a run, % the picture and +FOLDER another output.
show() { draw "$1" "$2" likeness "${@:3}"; }

# keep PICTURE CAPTION @RUN/FILE: takes a picture that a training has left.
keep() { draw "$1" "$2" cp "$3" %; }

draw() {
    local name=$1 caption=$2 program=$3 file=$images/$1.png part=$work/parts/$1 word run given=() line=() used=() seconds=0
    shift 3
    for word in "$@"; do
        case $word in
            @*)
                run=${word#@}
                run=${run%%/*}
                used+=("$run")
                given+=("$work/${word#@}")
                line+=("runs/${word#@}")
                ;;
            %) given+=("$file") line+=("$name.png") ;;
            +*) given+=("$work/${word#+}") line+=("${word#+}") ;;
            *) given+=("$word") line+=("$word") ;;
        esac
    done
    order+=("$name")
    [ $listing = no ] || return 0
    # A run that learned from the codes of another is made by both lines.
    for run in "${used[@]}"; do
        [[ ${typed[$run]:-} =~ coder\.path=runs/([a-z0-9-]+) ]] && used=("${BASH_REMATCH[1]}" "${used[@]}")
    done
    for run in "${used[@]}"; do
        [ -n "${there[$run]:-}" ] || return 0
        seconds=$((seconds + $(cat "$work/$run.seconds")))
    done
    local asked
    asked="$program ${given[*]} # $caption $(for run in "${used[@]}"; do cat "$work/$run.command"; done)"
    if [ -f "$file" ] && [ -f "$part.md" ] && [ "$(cat "$part.asked" 2>/dev/null)" = "$asked" ]; then
        return 0
    fi
    say "$name: $(shown "${line[@]}")"
    [ "$program" != likeness ] || program=$likeness
    local begun=$SECONDS
    if ! "$program" "${given[@]}" >"$part.log" 2>&1; then
        say "$name: $(tail -n 1 "$part.log")"
        return 0
    fi
    [ "$(stat -c %s "$file")" -le 150000 ] || say "$name: $(stat -c %s "$file") bytes are many for a page"
    local drawn=$((SECONDS - begun))
    {
        printf '### %s\n\n![%s](images/gallery/%s.png)\n\n```sh\n' "$name" "$caption" "$name"
        for run in "${used[@]}"; do
            printf '%s\n' "${typed[$run]}"
        done
        if [ "$program" = cp ]; then
            printf '```\n\nThe picture is `%s`.' "$(shown "${line[0]}")"
        else
            printf 'likeness %s\n```\n' "$(shown "${line[@]}")"
        fi
        echo
        [ ${#used[@]} = 0 ] || printf '%s s of processor time to train, ' "$seconds"
        [ "$program" = cp ] || printf '%s s to draw.' "$drawn"
        printf '\n'
    } >"$part.md"
    sed -i 's/ to train, $/ to train./' "$part.md"
    echo "$asked" >"$part.asked"
    write_page
}

# title NAME TEXT: begins a section of the page.
title() { order+=("## $1"$'\n\n'"$2"); }

# seed: pictures that are on the page already stay there, also where their runs are gone.
seed() {
    [ ! -f docs/gallery.md ] || awk -v parts="$work/parts" '
        /^##? / { close(part); part = "" }
        /^### / { close(part); gap = ""; part = parts "/" $2 ".md"; if ((getline kept < part) >= 0) { close(part); part = "" } }
        part != "" { if ($0 == "") gap = gap "\n"; else { printf "%s%s\n", gap, $0 > part; gap = "" } }
        part == "" { gap = "" }
    ' docs/gallery.md
}

# The page, of what has been drawn so far.
write_page() {
    local entry heading=
    {
        printf '# Gallery\n\nResults of short trainings, each with the commands that made it. `make gallery` writes this page; these were made on %s, with %s each. ' \
            "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$threads thread$([ "$threads" = 1 ] || echo s)"
        printf 'Every model is trained for minutes, where the papers train for days on GPUs, so the pictures show what a model does rather than how good it can get. Scores are in [bench/results](../bench/results).\n'
        for entry in "${page[@]}"; do
            case $entry in
                # A section begins with its first picture.
                '## '*) heading=$entry ;;
                *)
                    [ -f "$work/parts/$entry.md" ] && [ -f "$images/$entry.png" ] || continue
                    [ -z "$heading" ] || printf '\n%s\n' "$heading"
                    heading=
                    echo
                    cat "$work/parts/$entry.md"
                    ;;
            esac
        done
    } >"$work/page.md"
    mv "$work/page.md" docs/gallery.md
}

for file in "$root"/bench/quality/gallery/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done
seed
for section in "$@"; do
    [[ " ${sections[*]} " == *" $section "* ]] || { echo "There is no section '$section': use ${sections[*]}." >&2; exit 2; }
done

# Once to list what the page has, in its order, and once to make it.
for section in "${sections[@]}"; do
    "section_$section"
done
page=("${order[@]}")
listing=no
[ $# -gt 0 ] || set -- "${sections[@]}"
for section in "$@"; do
    "section_$section"
done
write_page
