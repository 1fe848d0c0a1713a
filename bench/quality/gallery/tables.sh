# shellcheck shell=bash
# Tables, series, and the tour.

# report PICTURE CAPTION RUN: the page that evaluate writes, as a picture, where there is a browser to take it.
report() {
    local html=$work/$3-report.html browser
    order+=("$1")
    [ "$listing" = no ] && [ -n "${there[$3]:-}" ] || return 0
    browser=$(command -v chromium || command -v google-chrome) || { say "$1: left out, there is no browser to take a picture of the report"; return 0; }
    [ ! -f "$work/parts/$1.md" ] || [ ! -f "$images/$1.png" ] || return 0
    say "$1: evaluate runs/$3 --metric table --report report.html"
    "$likeness" evaluate "$work/$3" --metric table --report "$html" >"$work/parts/$1.log" 2>&1 || { say "$1: $(tail -n 1 "$work/parts/$1.log")"; return 0; }
    "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=900,1100 --screenshot="$images/$1.png" "file://$(readlink -f "$html")" >/dev/null 2>&1
    # shellcheck disable=SC2016 # Markdown
    printf '### %s\n\n![%s](images/gallery/%s.png)\n\n```sh\n%s\nlikeness evaluate runs/%s --metric table --report report.html\n```\n\n%s s of processor time to train; the top of the page in a browser.\n' \
        "$1" "$2" "$1" "${typed[$3]}" "$3" "$(cat "$work/$3.seconds")" >"$work/parts/$1.md"
    write_page
}

section_series() {
    title "Series and planning" "What comes next, with its uncertainty."
    learn linear-ar linear-ar --data timeseries/temperatures --seed 1 --size 60 --set lags=20
    show linear-ar "Daily temperatures, forecast for a month by a linear autoregression: the middle 50 and 90 % of the draws, and what came" forecast @linear-ar --past 30 --steps 30 -o %
    learn sunspots linear-ar --data timeseries/sunspots --seed 1 --size 200 --set lags=36
    show sunspots "Monthly sunspots, the next eight years after eight that are given, by a linear autoregression on three years" forecast @sunspots --past 100 --steps 100 -o %
    learn recurrent recurrent --data timeseries/sunspots --seed 1 --size 96 --steps 400 --set hidden=32
    show recurrent "Monthly sunspots, forecast for four years by an LSTM" forecast @recurrent --past 48 --steps 48 -o %
    learn pets pets --data cart-pole --seed 1 --steps 3000 --set hidden=64 layers=2
    show pets "What a push to the right would do to a cart and its pole, by a learned world" simulate @pets --start position=0,velocity=0,angle=0.02,angular_velocity=0 --action push=1 --steps 15 -o %
    learn transition-table transition-table --data grid-world
    show transition-table "The way of a robot around walls to its goal, planned by value iteration over a table of what it has seen" plan @transition-table --environment grid-world --by value-iteration -o %
    show planned "A pole kept upright by looking ahead through that world" plan @pets --environment cart-pole --episodes 1 --population 200 --elites 20 --iterations 2 --particles 5 --threads 1 -o %
    show pendulum "A pendulum swung up by a weak motor and held there, five times, by looking ahead with its equations" plan --environment pendulum --by equations --episodes 5 --threads 1 -o %
    learn vae-series vae --data sines --seed 1 --steps 4000 --set latent=16
    show series-map "Generated among real windows of a series: their principal plane, and t-SNE" evaluate @vae-series --split train --metric mmd --limit 200 --map %
    learn timegan timegan --data sines --seed 1 --steps 3500 --set hidden=16 layers=2
    show timegan "Windows of sines by TimeGAN among real ones: their principal plane, and t-SNE" evaluate @timegan --split train --metric mmd --limit 200 --map %
}

section_tables() {
    title "Tables" "Rows like those of a census: numbers, words and gaps."
    learn categorical-nade categorical-nade --data adult-income --protocol discretised --seed 1 --steps 1000 --set hidden=100
    show categorical-nade "People of a census, real and drawn by a categorical NADE: their principal plane, and t-SNE" evaluate @categorical-nade --metric mmd --limit 200 --map %
    learn gaussian-copula gaussian-copula --data adult-income --steps 1 --seed 0
    report gaussian-copula "The report on a table that a Gaussian copula has made" gaussian-copula
    learn tvae tvae --data adult-income --steps 19500 --seed 0
    report tvae "The report on a table that a TVAE has made" tvae
    keep tvae-course "The course of a training: the terms of a TVAE" @tvae/curve.png
    learn ctgan ctgan --data adult-income --steps 1500 --seed 0
    report ctgan "The report on a table that a CTGAN has made" ctgan
    learn table-diffusion table-diffusion --data adult-income --steps 4000 --seed 0
    report table-diffusion "The report on a table that a diffusion has made" table-diffusion
}

section_tour() {
    title "The tour" "What \`likeness demo\` leaves in \`runs/demo\`."
    tour anomalies "The most and the least ordinary test images, and digits found among them" anomalies.png
    tour reconstructions "Test images, the same decoded from codes of twenty values, and new images from random codes" vae/reconstructions.png
    tour course "New clothes by diffusion of codes, from the first step of training to the last" latent-diffusion/training.png
    tour film "The same, and two more rows, after every 16th of the training (animated)" latent-diffusion/animation.png
}

# tour PICTURE CAPTION FILE: a picture of the demo.
tour() {
    order+=("$1")
    [ "$listing" = no ] || return 0
    if [ ! -f "$work/demo/$3" ]; then
        say "demo"
        "$likeness" demo --out "$work/demo" >"$work/demo.log" 2>&1 || { say "demo: $(tail -n 1 "$work/demo.log")"; return 0; }
    fi
    [ -f "$work/demo/$3" ] || return 0
    cp "$work/demo/$3" "$images/$1.png"
    # shellcheck disable=SC2016 # Markdown
    printf '### %s\n\n![%s](images/gallery/%s.png)\n\n```sh\nlikeness demo\n```\n\nThe picture is `runs/demo/%s`.\n' "$1" "$2" "$1" "$3" >"$work/parts/$1.md"
    write_page
}
