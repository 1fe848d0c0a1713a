namespace Likeness.Cli.Verbs;

/// <summary><c>likeness audit DIR</c>: what a model gives away of the examples that it learned from.</summary>
internal static class AuditVerb
{
    public static Command Create(Terminal terminal)
    {
        var usual = new AuditOptions();
        var run = CommonOptions.RunArgument();
        var source = CommonOptions.OtherData("examples of the same kind that the model has not seen (default: the test or validation split of its own data)");
        var query = CommonOptions.Query();
        var limit = CommonOptions.Number("--limit", $"at most so many examples that it learned from, and as many others (default {usual.Limit})", 4);
        var samples = CommonOptions.Number("--samples", $"generated examples for the attack by distance (default {usual.Samples})", 1, "-n");
        var delta = CommonOptions.Number("--delta", "δ of the bound on ε, for runs without a ledger (default 1e-5)", 0.0);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var command = new Command("audit", "attack a model: can its training examples be recognised, and does it copy them?") { run, source, query, limit, samples, delta, seed, root, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(run)!, query: parsed.GetValue(query));
            var own = terminal.Noted(trained.OpenData(parsed.GetValue(root)));
            var unseen = (parsed.GetValue(source) ?? (trained.Query is null ? null : trained.Folder.Record.Data.Source)) is { } other ? terminal.Noted(trained.OpenOther(other, parsed.GetValue(root))) : own;
            var options = new AuditOptions(parsed.GetValue(limit) ?? usual.Limit, parsed.GetValue(samples) ?? usual.Samples, parsed.GetValue(delta) ?? usual.Delta);
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var audit = terminal.Track("audit", "%", 100, tracker => PrivacyAudit.Of(trained.Model, own, unseen, options, rng, trained.Folder.Privacy, trained.Folder.Record.Training.Canaries, share => tracker.Report(share * 100)));
            if (terminal.Json)
            {
                terminal.Print(ToJson(audit));
            }
            else
            {
                Print(terminal, audit);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, PrivacyAudit audit)
    {
        terminal.Print(audit.Ledger is { } ledger ? PrivacyText.Spent(ledger) : "ledger        none: this training promises nothing about single examples");
        terminal.Table(["attack", "AUROC", "ε at least", "right", "wrong"], audit.Attacks.Select(a => (string[])
        [
            a.Name,
            FormattableString.Invariant($"{a.Auroc.Value:0.000} ± {a.Auroc.StandardError:0.000}"),
            FormattableString.Invariant($"{a.Epsilon.Value:0.00}"),
            FormattableString.Invariant($"{a.TruePositives:0.000}"),
            FormattableString.Invariant($"{a.FalsePositives:0.000}"),
        ]));
        if (audit.Closest is { } closest)
        {
            terminal.Print(FormattableString.Invariant($"closest       {closest.NearerToTraining.Value:0.000} ± {closest.NearerToTraining.StandardError:0.000} of the samples are nearer to examples that were learned from (0.5 where nothing is copied); median distance {closest.ToTraining:0.####}, and {closest.ToOthers:0.####} to others; {100 * closest.Copies.Value:0.##} % more copies"));
        }

        terminal.Note($"{Counted.Of(audit.Members, "example")} that were learned from beside as many of the {audit.Others.Word()} split; a bound on ε holds with {100 * MembershipAttack.Confidence:0} % confidence, and 0 says nothing.");
        if (audit.Contradicts)
        {
            terminal.Note("An attack proves more than the ledger admits: either the two groups of examples differ by more than whether they were learned from, or the noise was not what the ledger says.");
        }
    }

    private static JsonObject ToJson(PrivacyAudit audit)
    {
        var json = new JsonObject { ["members"] = audit.Members, ["others"] = audit.Others.Word() };
        if (audit.Ledger is { } ledger)
        {
            json["ledger"] = PrivacyText.ToJson(ledger);
        }

        json["attacks"] = new JsonArray([.. audit.Attacks.Select(a => (JsonNode)new JsonObject
        {
            ["name"] = a.Name,
            ["auroc"] = a.Auroc.Value,
            ["standardError"] = a.Auroc.StandardError,
            ["epsilonAtLeast"] = a.Epsilon.Value,
            ["truePositives"] = a.TruePositives,
            ["falsePositives"] = a.FalsePositives,
        })]);
        if (audit.Closest is { } closest)
        {
            json["closest"] = new JsonObject
            {
                ["nearerToTraining"] = closest.NearerToTraining.Value,
                ["standardError"] = closest.NearerToTraining.StandardError,
                ["toTraining"] = closest.ToTraining,
                ["toOthers"] = closest.ToOthers,
                ["copies"] = closest.Copies.Value,
            };
        }

        json["contradicts"] = audit.Contradicts;
        return json;
    }
}
