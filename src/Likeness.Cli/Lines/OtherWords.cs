namespace Likeness.Cli.Lines;

/// <summary>What people type who know other programs, and what they mean here.</summary>
internal static class OtherWords
{
    private static readonly Dictionary<string, string> s_verbs = Of(
        ("generate gen draw synthesize synthesise synth", "sample"),
        ("fit learn training", "train"),
        ("continue restart", "resume"),
        ("eval test measure metrics validate benchmark", "evaluate"),
        ("inpaint impute fill infill imputation inpainting", "complete"),
        ("detect outlier outliers anomaly novelty detect-anomalies", "anomalies"),
        ("likelihood logprob log-prob loglikelihood density", "score"),
        ("super-resolution superresolution superres enlarge sr upsample", "upscale"),
        ("colourise colorise colourize colour color", "colorize"),
        ("denoise sdedit img2img", "edit"),
        ("predict-next extrapolate rollout", "forecast"),
        ("zip pack", "compress"),
        ("unzip unpack", "decompress"),
        ("embed embedding features", "encode"),
        ("params count-parameters", "parameters"),
        ("bibtex citation reference", "cite"),
        ("check diagnose env", "doctor"),
        ("completions autocomplete", "shell-completion"),
        ("tour example", "demo"),
        ("clustering kmeans", "cluster"),
        ("stylize transfer-style cyclegan", "translate"));

    // Where one word can mean several things.
    private static readonly Dictionary<string, string> s_advice = Of(
        ("predict infer inference apply", "'likeness sample' draws new examples, 'likeness score' says how likely given ones are, 'likeness complete' fills in what is missing, 'likeness forecast' goes on with a series"),
        ("list ls", "'likeness models' lists models, 'likeness data list' lists data"),
        ("search find zoo model", "'likeness models WORD' finds models by a word"),
        ("info describe show", "'likeness models NAME' describes a model, 'likeness data info NAME' describes data"),
        ("datasets dataset", "'likeness data list' lists data, 'likeness data info NAME' describes it"),
        ("download fetch get", "'likeness data fetch NAME' downloads a data set"),
        ("interpolate walk manifold arithmetic sweep tsne umap", "'likeness latent interpolate', 'latent map', 'latent manifold' and others draw what codes stand for"),
        ("export", "'likeness data export NAME -o FILE' writes data, 'likeness sample DIR -o FILE' writes samples"),
        ("run start new init", "'likeness train MODEL --data NAME' starts a training, 'likeness demo' shows what there is"),
        ("plot curve log logs", "a run's curve is curve.png in its folder, and 'likeness train --tensorboard' logs for TensorBoard"),
        ("reconstruct reconstruction autoencode", "'likeness encode' and 'likeness decode' turn examples into codes and back, 'likeness evaluate --metric reconstruction' measures the error"),
        ("classify classification", "'likeness evaluate --metric classification-error' measures a classifier, 'likeness cluster' sorts into clusters"));

    private static readonly Dictionary<string, string> s_parts = Of(("show describe look view head", "info"), ("download get", "fetch"), ("ls all", "list"), ("save write convert", "export"));

    // Other flags for flags, the likeliest first; the first that a verb has is meant.
    private static readonly Dictionary<string, string> s_flags = Of(
        ("--batch-size --batchsize --bs --minibatch -b", "--batch"),
        ("--epoch --n-epochs --num-epochs --max-epochs --nepochs -e --epochs", "--epochs --steps"),
        ("--iterations --iters --n-iter --max-iter --max-steps --num-steps --n-steps --niter", "--steps"),
        ("--output-dir --out-dir --outdir --folder --dir --save-dir --save --name --logdir --run --output -o --out --save-path --dest --destination", "--out -o"),
        ("--dataset --input --input-data --file --path --train-data --datapath --data-dir --data-path --csv --source -i -d --x --images", "--data --data-root"),
        ("--number --num --n --num-samples --n-samples --nsamples --amount", "-n --count --limit"),
        ("--threshold --fdr --contamination --alpha --significance --level", "--rate"),
        ("--k --n-anomalies --most", "--top"),
        ("--mask --keep --known --condition --conditions", "--given"),
        ("--label --category --cls --y", "--class --label-column"),
        ("--target --label-col --class-column --target-column", "--label-column"),
        ("--sql --table --statement", "--query"),
        ("--exclude --ignore --drop-columns", "--drop"),
        ("--features --cols --usecols", "--columns"),
        ("--workers --num-workers --n-jobs --jobs --cpus -j", "--threads"),
        ("--image-size --img-size --resolution --side --width --height --resize", "--size"),
        ("--val --val-split --validation-split --test-size --valid-size --val-size --holdout", "--hold-out"),
        ("--early-stopping --early-stop", "--patience --validate-every"),
        ("--checkpoint --weights --pretrained --init --load --resume-from --finetune", "--from"),
        ("--overwrite --yes -f -y", "--force"),
        ("--amp --fp16 --half --mixed-precision --bf16 --dtype", "--precision"),
        ("--random-seed --random-state --rng", "--seed"),
        ("--prompt --caption", "--text"),
        ("--metrics --measure", "--metric"),
        ("--horizon --length --future", "--steps"),
        ("--scale --factor-of --times", "--factor"),
        ("--domain --style", "--to"),
        ("--save-every --checkpoint-interval --ckpt-every", "--checkpoint-every"),
        ("--log --debug -v", "--verbose"),
        ("--model-dir --run-dir", "--model"),
        ("--max --max-examples --head --first", "--limit"));

    private static readonly Dictionary<string, string> s_devices = Of(("--gpu --cuda --use-cuda", "--device cuda"), ("--cpu --no-cuda", "--device cpu"), ("--mps", "--device mps"));

    private static readonly Dictionary<string, string> s_metrics = Of(
        ("fid frechet-inception-distance", "frechet|judged by an Inception network where --features names one"),
        ("kid kernel-inception-distance", "kernel-distance|judged by an Inception network where --features names one"),
        ("is inception inception-score", "classifier-score|judged by the classifier that --features names"),
        ("lpips ssim", "ms-ssim|"),
        ("prdc precision recall coverage", "precision-recall|or 'density-coverage'"),
        ("accuracy error acc", "classification-error|of a classifier, or 'accuracy-score' of samples"),
        ("loss likelihood-test logprob log-likelihood nats bpd bits", "nll|in nats and bits/dim"),
        ("mse rmse mae", "reconstruction|"),
        ("bound vlb", "elbo|"),
        ("swd wasserstein emd", "sliced-wasserstein|or 'sinkhorn'"),
        ("perplexity", "nll|"));

    /// <summary>The verb that is meant by another word; null where none is.</summary>
    public static string? Verb(string word) => s_verbs.GetValueOrDefault(word.ToLowerInvariant());

    /// <summary>The verb of data that is meant by another word; null where none is.</summary>
    public static string? Part(string word) => s_parts.GetValueOrDefault(word.ToLowerInvariant());

    /// <summary>What to do, where a word can mean several things; null where it means nothing.</summary>
    public static string? Advice(string word) => s_advice.GetValueOrDefault(word.ToLowerInvariant());

    /// <summary>The flags that may be meant by another.</summary>
    public static IEnumerable<string> Flags(string flag) => s_flags.GetValueOrDefault(flag.ToLowerInvariant().Replace('_', '-'))?.Split(' ') ?? [];

    /// <summary>The device that a flag of its own asks for; null where it asks for none.</summary>
    public static string? Device(string flag) => s_devices.GetValueOrDefault(flag);

    /// <summary>What a metric is called here, and what else is to be known; null where nobody calls any so.</summary>
    public static (string Name, string Note)? Metric(string name) =>
        s_metrics.GetValueOrDefault(name.ToLowerInvariant().Replace('_', '-'))?.Split('|') is [var here, var note] ? (here, note) : null;

    private static Dictionary<string, string> Of(params (string Words, string Meaning)[] pairs) =>
        pairs.SelectMany(p => p.Words.Split(' ').Select(w => (w, p.Meaning))).DistinctBy(p => p.w).ToDictionary(p => p.w, p => p.Meaning);
}
