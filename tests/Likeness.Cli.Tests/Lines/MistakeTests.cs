using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Likeness.Cli.Tests.Lines;

/// <summary>What people type who know other tools, or mistype, and the sentence that leads them on; * stands for what may change.</summary>
public sealed class MistakeTests(MistakeFiles files) : IClassFixture<MistakeFiles>
{
    // Words of programmers, of .NET and of its parser.
    private static readonly string[] s_foreign = ["JSON", "System.", "Int32", "Exception", "token", "converted", "please report", "   at "];

    [Theory]
    // Other names for commands.
    [InlineData("There is no command 'generate': write 'likeness sample RUN -n 4'.", "generate RUN -n 4")]
    [InlineData("There is no command 'inpaint': write 'likeness complete RUN --data shapes-grey'.", "inpaint RUN --data shapes-grey")]
    [InlineData("There is no command 'impute': write 'likeness complete RUN --data PEOPLE'.", "impute RUN --data PEOPLE")]
    [InlineData("There is no command 'fit': write 'likeness train vae --data 8gaussians'.", "fit vae --data 8gaussians")]
    [InlineData("There is no command 'eval': write 'likeness evaluate RUN'.", "eval RUN")]
    [InlineData("There is no command 'outliers': write 'likeness anomalies RUN --data PEOPLE'.", "outliers RUN --data PEOPLE")]
    [InlineData("There is no command 'super-resolution': write 'likeness upscale RUN'.", "super-resolution RUN")]
    [InlineData("There is no command 'predict': 'likeness sample' draws new examples, *'likeness complete' fills in what is missing, *", "predict RUN --data PEOPLE")]
    [InlineData("There is no command 'list': 'likeness models' lists models, 'likeness data list' lists data.", "list models")]
    [InlineData("There is no command 'interpolate': 'likeness latent interpolate', *", "interpolate RUN")]
    [InlineData("There is no command 'trian'. Did you mean 'train'?", "trian vae --data 8gaussians")]
    [InlineData("There is no command 'xyzzy': 'likeness --help' lists what there is.", "xyzzy")]
    [InlineData("There is no command 'mnist' of 'likeness data': write 'likeness data info mnist'.", "data mnist")]
    [InlineData("There is no command 'show' of 'likeness data': write 'likeness data info mnist'.", "data show mnist")]
    [InlineData("'likeness latent' needs a command: map, *(see 'likeness latent --help').", "latent")]
    // Other names for options, and options of models.
    [InlineData("'likeness train' has no option '--lr': options of the model are set by --set optimizer.learningRate=0.1.", "train nade --data shapes-grey --lr 0.1")]
    [InlineData("'likeness train' has no option '--learning-rate': options of the model are set by --set generator.learningRate=1e-4 or critic.learningRate=1e-4.", "train dcgan --data shapes-grey --learning-rate 1e-4")]
    [InlineData("'likeness train' has no option '--lr': options of the model are set by --set optimizer.learningRate=0.1.", "train vae --data 8gaussians --set latent=5 --lr 0.1")]
    [InlineData("'likeness train' has no option '--latent': options of the model are set by --set latent=5.", "train vae --data 8gaussians --latent 5")]
    [InlineData("'likeness train' has no option '--latent-dim': options of the model are set by --set latent=5.", "train vae --data 8gaussians --latent-dim 5")]
    [InlineData("'likeness train' has no option '--hidden': options of the model are set by --set hidden=5.", "train nade --data shapes-grey --hidden 5")]
    [InlineData("'likeness train' has no option '--batch-size': write --batch 32.", "train nade --data shapes-grey --batch-size 32")]
    [InlineData("'likeness train' has no option '--epoch': write --epochs 3.", "train nade --data shapes-grey --epoch 3")]
    [InlineData("'likeness resume' has no option '--epochs': write --steps N.", "resume RUN --epochs 5")]
    [InlineData("'likeness train' has no option '--gpu': write --device cuda.", "train vae --data 8gaussians --gpu")]
    [InlineData("'likeness train' has no option '-o': write --out here.", "train vae --data 8gaussians -o here")]
    [InlineData("'likeness train' has no option '--dataset': write --data 8gaussians.", "train vae --dataset 8gaussians")]
    [InlineData("'likeness train' has no option '--model': the model comes without a flag, as in 'likeness train vae --data NAME'.", "train --model vae --data 8gaussians")]
    [InlineData("'likeness train' has no option '--dropout': 'likeness train --help' lists all, and 'likeness models vae' those of the model (--set).", "train vae --data 8gaussians --dropout 0.1")]
    [InlineData("'likeness train' has no option '--stesp'. Did you mean '--steps'?", "train vae --data 8gaussians --stesp 5")]
    [InlineData("'likeness sample' has no option '--num': write -n 10.", "sample RUN --num 10")]
    [InlineData("'likeness anomalies' has no option '--threshold': write --rate 0.1.", "anomalies RUN --data PEOPLE --threshold 0.1")]
    [InlineData("'likeness complete' has no option '--mask': write --given top.", "complete RUN --data shapes-grey --mask top")]
    // Words in the wrong place, and words that lack.
    [InlineData("'photos' does not belong there: data is given by --data, as in 'likeness train vae --data photos'.", "train vae photos")]
    [InlineData("'PEOPLE' does not belong there: data is given by --data, as in 'likeness anomalies RUN --data PEOPLE'.", "anomalies RUN PEOPLE")]
    [InlineData("'latent=5' does not belong there: options of the model are set by --set, as in 'likeness train vae --data 8gaussians --set latent=5'.", "train vae --data 8gaussians latent=5")]
    [InlineData("'lr=0.1' does not belong there: options of the model are set by --set, as in 'likeness train vae --data 8gaussians --set optimizer.learningRate=0.1'.", "train vae --data 8gaussians lr=0.1")]
    [InlineData("'lr=0.1' does not belong there: options of the model are set by --set, as in 'likeness train vae --data NAME --set optimizer.learningRate=0.1'.", "train vae lr=0.1")]
    [InlineData("'lr=0.1' does not belong there: *, as in 'likeness train vae --data 8gaussians --batch 20 --set optimizer.learningRate=0.1 latent=5'.", "train vae --data 8gaussians lr=0.1 latent=5 batchSize=20")]
    [InlineData("'8gaussians' does not belong there: data is given by --data, as in 'likeness train vae --data 8gaussians --set optimizer.learningRate=0.1'.", "train vae 8gaussians lr=0.1")]
    [InlineData("'steps=5' does not belong there: options have a flag, as in 'likeness train nade --data shapes-grey --steps 5'.", "train nade --data shapes-grey steps=5")]
    [InlineData("'foo=3' does not belong there, and the model has no option 'foo': 'likeness models vae' shows all that it has.", "train vae --data 8gaussians foo=3")]
    [InlineData("'10' does not belong there: how many is said by '-n 10'.", "sample RUN 10")]
    [InlineData("'nll' does not belong there: metrics are named by '--metric nll'.", "evaluate RUN nll")]
    [InlineData("'likeness train' lacks MODEL and --data: write 'likeness train MODEL --data NAME' (see 'likeness train --help').", "train")]
    [InlineData("'likeness train' lacks --data: write 'likeness train MODEL --data NAME' (see 'likeness train --help').", "train vae")]
    [InlineData("'likeness sample' lacks DIR: write 'likeness sample DIR' (see 'likeness sample --help').", "sample")]
    // Metrics.
    [InlineData("There is no metric 'fid' by that name: write --metric frechet (judged by an Inception network where --features names one).", "evaluate RUN --metric fid")]
    [InlineData("There is no metric 'kid' by that name: write --metric kernel-distance (*).", "evaluate RUN --metric kid")]
    [InlineData("There is no metric 'is' by that name: write --metric classifier-score (*).", "evaluate RUN --metric is")]
    [InlineData("Unknown metric 'nlll'. Did you mean 'nll'? 'likeness evaluate --help' shows all *.", "evaluate RUN --metric nlll")]
    [InlineData("A report is on the table that a run's model makes, and 'PEOPLE' is no run: leave --report out.", "evaluate PEOPLE --against PEOPLE --report x.html")]
    // Models and data.
    [InlineData("Unknown model 'vea'. Did you mean 'vae'? 'likeness models' shows all *.", "train vea --data 8gaussians")]
    [InlineData("There is no model named 'wgan' here. Did you mean 'dcgan' or 'gan'? 'likeness models' shows all *.", "train wgan --data shapes-grey")]
    [InlineData("There is no model named 'glow' here. Did you mean 'realnvp', 'maf' or 'neural-spline'? *", "train glow --data 8gaussians")]
    [InlineData("Unknown data set 'mnst'. Did you mean 'mnist'? 'likeness data list' shows all *.", "train vae --data mnst")]
    [InlineData("There is no data set, file or folder 'photos': check the path, or choose one of the * data sets that 'likeness data list' shows.", "train vae --data photos")]
    [InlineData("The model 'nade' needs binary values, and 'PEOPLE' is 3 real, which cannot be read as such: choose a model for such data ('likeness models' says what each needs), or other data.", "train nade --data PEOPLE --drop sex")]
    [InlineData("The model 'conditional-vae' needs *with classes, and the data (2 real) has no classes: sort pictures into a folder for each class, name the column of a table that holds them by --label-column NAME, or choose a model without classes.", "train conditional-vae --data 8gaussians --out OUT")]
    [InlineData("'DATES' cannot be read as a table of numbers: line 2, column 1 ('date') holds '2024-01-01', a date; leave the column out (--drop date), or write it as a number, *", "train maf --data DATES")]
    [InlineData("'PEOPLE' cannot be read as a table of numbers: line 2, column 4 ('sex') holds 'm', which is text; correct the cell, say that the column names series (--series-column sex) or is a static feature of them (--static sex), or leave the column out (--drop sex).", "train linear-ar --data PEOPLE --protocol windows")]
    [InlineData("'PEOPLE' cannot be read as a table of numbers: line 2, column 4 ('sex') holds 'm', which is text; correct the cell, say that the column holds classes (--label-column sex), leave it out (--drop sex), *", "train maf --data PEOPLE")]
    [InlineData("'COMMAS' cannot be read as a table of numbers: line 2, column 1 ('a') holds '*,5', a number with commas or blanks in it; write numbers with a decimal point *", "train maf --data COMMAS")]
    [InlineData("'EMPTY' is empty: a table needs at least one row.", "train tvae --data EMPTY")]
    [InlineData("'HEADER' has a header and no rows: give at least one row below it.", "train gaussian-mixture --data HEADER")]
    [InlineData("'HEADER' has a header and no rows: give at least one row below it.", "train tvae --data HEADER --protocol mixed")]
    [InlineData("'COMMENTS' has comments (lines that begin with #) and no rows: give at least one row.", "data info COMMENTS")]
    [InlineData("'WORDS' has 3 rows, too few to learn from: give at least 4, of which 2 are then for training.", "train tvae --data WORDS")]
    [InlineData("'WORDS' has 3 rows, too few to learn from: give at least 4, of which 2 are then for training.", "train gaussian-mixture --data WORDS")]
    [InlineData("'LONELY' has 1 row, too few to learn from: give at least 4, of which 2 are then for training.", "train vae --data LONELY")]
    [InlineData("'LONELY' has 1 row, too few to learn from: give at least 4, of which 2 are then for training.", "train tvae --data LONELY")]
    [InlineData("The model 'ddpm' needs images, and 'PEOPLE' is a table (rows of 3 numbers and 1 category): choose a model of tables (such as *; 'likeness models' shows all), or give pictures.", "train ddpm --data PEOPLE")]
    [InlineData("The model 'dcgan' needs images, and 'ALIKE' is a table: choose a model of tables (such as *; 'likeness models' shows all), or give pictures.", "train dcgan --data ALIKE")]
    [InlineData("The model 'class-dcgan' needs *images with classes, and '8gaussians' is a table (2 real): choose a model of tables (such as *), or give pictures.", "train class-dcgan --data 8gaussians")]
    [InlineData("Unknown column 'sx' of 'PEOPLE'. Did you mean 'sex'? Use height, weight, age or sex.", "train vae --data PEOPLE --label-column sx")]
    [InlineData("'SHOP' has 2 tables (customers, orders): name one (--query customers), or give a SELECT there.", "data info SHOP")]
    [InlineData("Unknown table 'custmers' of 'SHOP'. Did you mean 'customers'? Use customers, old or orders.", "train tvae --data SHOP --query custmers")]
    [InlineData("The query 'DELETE/**/FROM/**/orders' does more than read, and 'SHOP' is never changed: give one SELECT.", "train tvae --data SHOP --query DELETE/**/FROM/**/orders")]
    [InlineData("The query 'SELECT(wage)FROM(customers)' of 'SHOP' fails (no such column: wage): correct it; it has customers, old, orders.", "data info SHOP --query SELECT(wage)FROM(customers)")]
    [InlineData("The column 'photo' of 'SHOP' holds binary data (a BLOB) in row 2, and a cell is a number, a word or a date: leave the column out (--drop photo).", "data export SHOP --query customers -o OUT.csv")]
    [InlineData("'SHOP' is read as a mixed table and not under the protocol 'reals': choose a model of such tables (such as *; 'likeness models' shows all), or write its numbers to a CSV file.", "train gaussian-mixture --data SHOP --query orders")]
    [InlineData("'PEOPLE' does not end in .db, .db3, .sqlite or .sqlite3, as a database does, and so cannot be asked 'people': rename it if it is one, or leave the query out.", "train tvae --data PEOPLE --query people")]
    [InlineData("'PEOPLE' does not end in .db*", "score TABLE --data PEOPLE --query people")]
    [InlineData("'likeness train' has no option '--sql': write --query customers.", "train tvae --data SHOP --sql customers")]
    [InlineData("'WORDS' lacks 3 of the 4 columns of 'PEOPLE' (height, weight, sex): it has name, age, and needed are height, weight, age, sex; give a table with these columns, in any order.", "score MIXED --data WORDS")]
    [InlineData("'WORDS' lacks 3 of the 4 columns of 'PEOPLE' (height, weight, sex): it has name, age, and needed are *", "anomalies MIXED --data WORDS")]
    [InlineData("'WORDS' lacks 3 of the 4 columns of 'PEOPLE' (height, weight, sex): it has name, age, and needed are *", "evaluate MIXED --data WORDS")]
    [InlineData("'WORDS' lacks 3 of the 4 columns of 'PEOPLE' (height, weight, sex): it has name, age, and needed are *", "evaluate WORDS --against PEOPLE")]
    [InlineData("'RENAMED' lacks 1 of the 4 columns of 'PEOPLE' (sex): it has height, weight, age, gender, and needed are *", "score MIXED --data RENAMED")]
    [InlineData("'RENAMED' lacks 1 of the 4 columns that the model knows (sex): it has height, weight, age, gender, *; name its columns so, and add those that are to be completed with empty cells.", "complete MIXED --data RENAMED")]
    [InlineData("'DATES' is read as a table of single rows, and static features (--static) belong to series: if its rows are steps of series, say so (--protocol windows, and --series-column NAME where a column says which series a row belongs to), else leave them out.", "data info DATES --static price")]
    [InlineData("Unknown column 'region' of 'DATES'. Use date or price.", "data info DATES --static region")]
    // Values.
    [InlineData("The option 'latent' of 'vae' cannot be five: it takes a whole number (at least 1), such as --set latent=50.", "train vae --data 8gaussians --set latent=five")]
    [InlineData("The option 'latent' of 'vae' cannot be 2.5: it takes a whole number (at least 1), such as --set latent=50.", "train vae --data 8gaussians --set latent=2.5")]
    [InlineData("The option 'latent' cannot be -2: it must be at least 1.", "train vae --data 8gaussians --set latent=-2")]
    [InlineData("The option 'optimizer.learningRate' of 'vae' cannot be 0,001: it takes a number (at least 0), such as --set optimizer.learningRate=0.001.", "train vae --data 8gaussians --set optimizer.learningRate=0,001")]
    [InlineData("The option 'network.multipliers' of 'edm' cannot be 1,2,4: it takes a list of whole numbers (at least 1), such as --set network.multipliers=[1,2,4].", "train edm --data shapes-grey --set network.multipliers=1,2,4")]
    [InlineData("The option 'network.multipliers' of 'edm' cannot be wide: it takes a list of whole numbers (at least 1), such as --set network.multipliers=[1,2].", "train edm --data shapes-grey --set network.multipliers=wide")]
    [InlineData("Unknown option 'lr' of vae. Did you mean 'optimizer.learningRate'?", "train vae --data 8gaussians --set lr=0.1")]
    [InlineData("Unknown option 'optimizer.lr' of vae. Did you mean 'optimizer.learningRate'?", "train vae --data 8gaussians --set optimizer.lr=0.1")]
    [InlineData("Unknown option 'batchSize' of vae: that belongs to the training, give --batch N.", "train vae --data 8gaussians --set batchSize=5")]
    [InlineData("Unknown option 'network.foo' of vae. Use network.width*", "train vae --data 8gaussians --set network.kind=conv network.foo=3")]
    [InlineData("Unknown kind 'big' of network. Use mlp, conv or grid.", "train vae --data 8gaussians --set network=big")]
    [InlineData("The option 'network' of 'vae' is a group of options: set one of network.kind, *", "train vae --data 8gaussians --set network=[1,2]")]
    [InlineData("The setting 'latent' is not of the form key=value: write --set latent=5, without blanks.", "train vae --data 8gaussians --set latent 5")]
    [InlineData("The setting 'latent' is not of the form key=value: write --set latent=5, without blanks.", "train vae --data 8gaussians --set latent = 5")]
    [InlineData("The setting 'latent:5' is not of the form key=value: write --set latent=5, without blanks.", "train vae --data 8gaussians --set latent:5")]
    [InlineData("'1,000' is not allowed for --steps: write numbers with a decimal point and without separators, as in --steps 1000.", "train vae --data 8gaussians --steps 1,000")]
    [InlineData("'1.5' is not allowed for --steps, which takes a whole number of at least 1: see 'likeness train --help'.", "train vae --data 8gaussians --steps 1.5")]
    [InlineData("'0,1' is not allowed for --hold-out: write numbers with a decimal point and without separators, as in --hold-out 0.1.", "train vae --data 8gaussians --hold-out 0,1")]
    [InlineData("A share of 1.5 of the training examples cannot be kept aside: for --hold-out give a number between 0 and 1, such as 0.1.", "train vae --data 8gaussians --hold-out 1.5")]
    [InlineData("'0' is not allowed for --epochs, which takes a number above 0: give for example --epochs 10.", "train vae --data 8gaussians --epochs 0")]
    [InlineData("'gpu' is not allowed for --device: for an NVIDIA GPU write --device cuda.", "train vae --data 8gaussians --device gpu")]
    [InlineData("Unknown value 'fp64' of --precision. Use fp32, bf16 or auto.", "train vae --data 8gaussians --precision fp64")]
    [InlineData("'x.gif' is not allowed for -o: end the file's name in .png, *, or in / for a folder of pictures.", "sample RUN -o x.gif")]
    // Runs.
    [InlineData("The folder 'NOWHERE' holds no run (there is no run.json): give the folder that a training wrote.", "sample NOWHERE")]
    [InlineData("'HOLLOW/run.json' is empty: restore it from a copy, or train again.", "sample HOLLOW")]
    [InlineData("'TORN/run.json' is damaged in line 2: restore it from a copy, or train again.", "evaluate TORN")]
    [InlineData("The run 'RUN' has taken 6 steps already, and a training does not go back: for --steps give more than 6, or train a new run.", "resume RUN --steps 5")]
    [InlineData("A gaussian cannot sample from a text: leave the text out, or choose a model that can (see 'likeness models').", "sample TABLE --text red")]
    [InlineData("A gaussian cannot sample a class: leave the class out, or choose a model that can (see 'likeness models').", "sample TABLE --class 3")]
    [InlineData("There is no class '7': the model knows f, m.", "sample SEXES --class 7")]
    [InlineData("There is no column 'hight': did you mean 'height'?", "sample TABLE --given hight=170")]
    [InlineData("'height=170,5' has a decimal comma: write height=170.5.", "sample TABLE --given height=170,5")]
    [InlineData("'height' gives no column a value: write COLUMN=NUMBER, such as height=1.5.", "sample TABLE --given height")]
    [InlineData("'5' is not allowed for --rate, which takes a number between 0 and 1.", "anomalies TABLE --data PEOPLE --rate 5")]
    [InlineData("Data of 3 real cannot be compressed without loss: a real value has no finite code; train on bytes, bits or categories.", "compress PEOPLE -m TABLE -o OUT")]
    public void A_mistake_is_answered_by_the_sentence_that_helps(string answer, string line)
    {
        var outcome = CommandLine.Run(files.Place(line).Split(' '));
        var told = Assert.Single(outcome.ErrorLines, l => l.StartsWith("likeness: ", StringComparison.Ordinal))["likeness: ".Length..];
        Assert.Matches($"^{Regex.Escape(files.Place(answer)).Replace("\\*", ".*", StringComparison.Ordinal)}$", told);
        Assert.Equal("", outcome.Output);
        Assert.InRange(outcome.Code, 1, 2);
        Assert.DoesNotContain(s_foreign, word => told.Contains(word, StringComparison.Ordinal));
        // Nobody reads a list of forty names.
        Assert.InRange(told.Length, 1, 330);
    }

    [Theory]
    [InlineData("latent=1e1", "latent", "10")]
    [InlineData("beta=.5", "beta", "0.5")]
    [InlineData("beta=5.", "beta", "5")]
    [InlineData("beta=+5", "beta", "5")]
    [InlineData("network.hidden=64", "network", "{\"kind\":\"mlp\",\"hidden\":[64],*")]
    [InlineData("network.hidden=64,32", "network", "{\"kind\":\"mlp\",\"hidden\":[64,32],*")]
    [InlineData("optimizer=sgd optimizer.learningRate=0.1", "optimizer", "{\"kind\":\"sgd\",*\"learningRate\":0.1,*")]
    [InlineData("warm_up=3", "warmUp", "3")]
    public void What_can_be_understood_is(string settings, string option, string value)
    {
        var options = Zoo.BuiltIn.Find("VAE").Complete(Likeness.Cli.Lines.Settings.Read(settings.Split(' ')));
        Assert.Matches($"^{Regex.Escape(value).Replace("\\*", ".*", StringComparison.Ordinal)}$", options[option]!.ToJsonString());
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_made_smaller_and_said()
    {
        var outcome = CommandLine.Run("train", "vae", "--data", files.Place("PEOPLE"), "--drop", "sex", "--batch", "1e3", "--steps", "1", "--threads", "1", "--out", files.Place("OUT"), "--force");
        Assert.Equal(0, outcome.Code);
        Assert.Contains("There are 48 training examples, fewer than --batch 1000: every batch holds all 48.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_refused_before_anything_is_said_about_the_data()
    {
        var outcome = CommandLine.Run("train", "vae", "--data", files.Place("PEOPLE"), "--drop", "sex", "--batch", "1000", "--out", files.Place("RUN"));
        Assert.Equal($"likeness: The folder '{files.Place("RUN")}' already holds a run: resume it, overwrite it with --force, or choose another folder.", Assert.Single(outcome.ErrorLines));
        Assert.Equal(2, outcome.Code);
    }

    [Fact]
    public void A_mixed_model_reads_what_a_model_of_numbers_cannot()
    {
        // All training rows have the same word: no reason to speak of numbers.
        var outcome = CommandLine.Run("train", "tvae", "--data", files.Place("ALIKE"), "--steps", "1", "--threads", "1", "--out", files.Place("OUT"), "--force");
        Assert.Equal(0, outcome.Code);
        Assert.Contains("rows of 1 number, protocol mixed), 1 step of 3 examples, into", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 1 step, ", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_described_in_words_and_asked_back_as_one()
    {
        Assert.Contains("examples   rows of 3 numbers and 1 category", CommandLine.Succeed("data", "info", files.Place("PEOPLE")), StringComparison.Ordinal);
        var told = CommandLine.Succeed("train", "gaussian", "--data", files.Place("PEOPLE"), "--columns", "height,weight", "--threads", "1", "--out", files.Place("OUT"), "--force");
        Assert.Contains("-n 64 -o new.csv", told, StringComparison.Ordinal);
        Assert.Contains("-n 64 -o new.png", CommandLine.Succeed("train", "gaussian", "--data", "8gaussians", "--threads", "1", "--out", files.Place("OUT"), "--force"), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_version_are_words_too()
    {
        Assert.Equal(CommandLine.Succeed("train", "--help"), CommandLine.Succeed("help", "train"));
        Assert.Equal(CommandLine.Succeed("train", "--help"), CommandLine.Succeed("train", "help"));
        Assert.Equal(CommandLine.Succeed("--help"), CommandLine.Succeed("help"));
        Assert.Equal(CommandLine.Succeed("--version"), CommandLine.Succeed("version"));
    }

    [Fact]
    public void Errors_for_programs_are_objects()
    {
        foreach (var (line, code) in new[] { ("trian vae --json", 2), ("sample NOWHERE --json", 1), ("train vae --data 8gaussians --steps no --json", 2) })
        {
            var outcome = CommandLine.Run(files.Place(line).Split(' '));
            var told = JsonNode.Parse(Assert.Single(outcome.ErrorLines))!;
            Assert.Equal((code, code), ((int)told["exitCode"]!, outcome.Code));
            Assert.NotEqual("", (string)told["error"]!);
        }
    }
}

/// <summary>Tables with what tables of users have in them, and runs of moments.</summary>
public sealed class MistakeFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-mistakes-").FullName;

    public MistakeFiles()
    {
        var rows = Enumerable.Range(0, 60).Select(i => $"{160 + (i * 7 % 30)}.5,{60 + (i * 11 % 35)},{20 + (i * 13 % 60)},{(i % 2 == 0 ? "m" : "f")}");
        File.WriteAllLines(this["people.csv"], rows.Prepend("height,weight,age,sex"));
        File.WriteAllLines(this["renamed.csv"], rows.Prepend("height,weight,age,gender"));
        File.WriteAllLines(this["dates.csv"], ["date,price", .. Enumerable.Range(1, 8).Select(i => $"2024-01-0{i},{i * i}")]);
        File.WriteAllLines(this["commas.csv"], ["a;b", .. Enumerable.Range(1, 8).Select(i => $"{i % 3},5;{i}")]);
        Likeness.Tests.Databases.Shop(this["shop.db"], orders: true);
        File.WriteAllText(this["empty.csv"], "");
        File.WriteAllText(this["header.csv"], "a,b\n");
        File.WriteAllText(this["comments.csv"], "# nothing yet\n");
        File.WriteAllText(this["lonely.csv"], "a,b\n1,2.5\n");
        File.WriteAllText(this["words.csv"], "name,age\nAnn,5\nBob,7\nCem,8\n");
        File.WriteAllText(this["alike.csv"], "sex,age\nm,5\nf,7\nf,8\nm,9\nm,10\n");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(this["hollow"]).FullName, "run.json"), "");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(this["torn"]).FullName, "run.json"), "{\n  \"recipe\": \"va");
        CommandLine.Succeed([.. TrainedRun.TrainFor(6), "--out", this["run"]]);
        CommandLine.Succeed("train", "gaussian", "--data", this["people.csv"], "--drop", "sex", "--threads", "1", "--out", this["table"]);
        CommandLine.Succeed("train", "gaussian-copula", "--data", this["people.csv"], "--threads", "1", "--out", this["mixed"]);
        CommandLine.Succeed("train", "conditional-vae", "--data", this["people.csv"], "--label-column", "sex", "--steps", "1", "--threads", "1", "--out", this["sexes"]);
    }

    public string Place(string line) => line
        .Replace("EMPTY", this["empty.csv"], StringComparison.Ordinal).Replace("HEADER", this["header.csv"], StringComparison.Ordinal).Replace("COMMENTS", this["comments.csv"], StringComparison.Ordinal)
        .Replace("LONELY", this["lonely.csv"], StringComparison.Ordinal).Replace("WORDS", this["words.csv"], StringComparison.Ordinal).Replace("ALIKE", this["alike.csv"], StringComparison.Ordinal)
        .Replace("SHOP", this["shop.db"], StringComparison.Ordinal).Replace("HOLLOW", this["hollow"], StringComparison.Ordinal).Replace("TORN", this["torn"], StringComparison.Ordinal)
        .Replace("PEOPLE", this["people.csv"], StringComparison.Ordinal).Replace("DATES", this["dates.csv"], StringComparison.Ordinal).Replace("COMMAS", this["commas.csv"], StringComparison.Ordinal)
        .Replace("RENAMED", this["renamed.csv"], StringComparison.Ordinal).Replace("MIXED", this["mixed"], StringComparison.Ordinal)
        .Replace("TABLE", this["table"], StringComparison.Ordinal).Replace("SEXES", this["sexes"], StringComparison.Ordinal).Replace("RUN", this["run"], StringComparison.Ordinal)
        .Replace("NOWHERE", this["nowhere"], StringComparison.Ordinal).Replace("OUT", this["out"], StringComparison.Ordinal);

    private string this[string name] => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
